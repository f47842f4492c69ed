"""What a workbook's bytes are, told before a parser opens them."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

_LARGEST = 600_000_000
_RATIO = 200
_RATIO_FROM = 50_000_000
_SIGNS = {
    b"%PDF": ("PDF 文件", "a PDF"),
    b"\x89PNG": ("图片", "a picture"),
    b"\xff\xd8\xff": ("图片", "a picture"),
    b"SQLite format 3": ("GeoPackage 或数据库", "a GeoPackage or database"),
    b"Rar!": ("RAR 压缩包", "a RAR archive"),
    b"<html": ("网页", "a web page"),
    b"<!DOC": ("网页", "a web page"),
    b"<?xml": ("XML 文件", "an XML file"),
}


class Unreadable(Exception):
    """Bytes that are no workbook to read; `check` names the rule, the words say what to do."""

    def __init__(self, check: str, chinese: str, english: str) -> None:
        super().__init__(english)
        self.check, self.chinese, self.english = check, chinese, english


def inspect(file: BinaryIO) -> bool:
    """Whether a workbook carries macros; what is no workbook, or is unsafe to open, is refused.

    Raises
    ------
    Unreadable
        The bytes are no .xlsx: another kind of file, the old .xls, encrypted, damaged, or small
        bytes that unpack to huge ones.
    """
    start = file.read(512)
    file.seek(0)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        _old_or_encrypted(file)
    if not start.startswith(b"PK"):
        zh, en = next(
            (words for sign, words in _SIGNS.items() if start.lstrip().startswith(sign)),
            ("文本或其他文件", "text or another kind of file"),
        )
        raise Unreadable(
            "workbook_foreign",
            f"该文件不是 Excel 工作簿（内容看来是{zh}）；请在 Excel 或 WPS 中打开原始数据，"
            "另存为“Excel 工作簿（.xlsx）”，改后缀名不起作用",
            f"the file is no Excel workbook (it looks like {en}); open the data in Excel or WPS "
            "and save as 'Excel workbook (.xlsx)': renaming is not enough",
        )
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            refuse_bomb(archive)
    except (zipfile.BadZipFile, NotImplementedError):
        raise Unreadable(
            "workbook_damaged",
            "工作簿已损坏或没有传完；请在 Excel 或 WPS 中打开、另存后重新上传",
            "the workbook is damaged or incomplete; open it in Excel or WPS, save it again and "
            "upload that",
        ) from None
    finally:
        file.seek(0)
    if "xl/workbook.xml" not in names:
        raise Unreadable(
            "workbook_foreign",
            "该文件是压缩包或其他 Office 文件，不是 Excel 工作簿；CSV 的压缩包请用 .zip 后缀上传",
            "the file is an archive or another Office file and no Excel workbook; upload a zip of "
            "CSV files under a name that ends in .zip",
        )
    return any(name.endswith("vbaProject.bin") for name in names)


def refuse_bomb(archive: zipfile.ZipFile) -> None:
    """Refuse an archive that would unpack to more than is reasonable, before unpacking it."""
    size = sum(item.file_size for item in archive.infolist())
    packed = sum(item.compress_size for item in archive.infolist()) or 1
    if size > _LARGEST or (size > _RATIO_FROM and size / packed > _RATIO):
        raise Unreadable(
            "workbook_bomb",
            f"文件解压后达 {size / 1e6:.0f} MB，未打开；请删去空白行列的格式和无关工作表",
            f"the file unpacks to {size / 1e6:.0f} MB and was not opened; remove formatting of "
            "empty rows and columns and sheets of no use",
        )


def _old_or_encrypted(file: BinaryIO) -> None:
    whole = file.read(4_000_000)
    file.seek(0)
    if "EncryptedPackage".encode("utf-16-le") in whole:
        raise Unreadable(
            "workbook_encrypted",
            "工作簿有打开密码，无法读取；请在 Excel 中“文件→信息→保护工作簿→用密码进行加密”"
            "清空密码后另存",
            "the workbook has a password to open it; clear it in Excel under File, Info, Protect "
            "Workbook, Encrypt with Password, and save again",
        )
    raise Unreadable(
        "workbook_old",
        "这是旧版 .xls（或 WPS .et）文件；请在 Excel 或 WPS 中另存为 .xlsx",
        "this is an old .xls (or WPS .et) file; save it as .xlsx in Excel or WPS",
    )
