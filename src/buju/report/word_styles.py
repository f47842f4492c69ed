"""Styles, fields and page set-up of the Word document."""

from __future__ import annotations

from typing import Any

_BODY, _HEADS = ("Times New Roman", "宋体"), ("Arial", "黑体")
_COLOURS = {"note": "1F5F9F", "warning": "B35806", "omitted": "8A8F96"}


def set_up(file: Any, language: str) -> None:
    """A4, fonts for Chinese and Latin letters in every style, and the report's own styles."""
    from docx.shared import Mm, Pt, RGBColor

    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(20), Mm(18)
    styles = file.styles
    _no_theme_fonts(styles)
    _fonts(styles["Normal"], _BODY)
    _language(styles["Normal"], language)
    styles["Normal"].font.size = Pt(10.5)
    styles["Normal"].paragraph_format.space_after = Pt(6)
    for name, size in (("Title", 20), ("Subtitle", 10.5), ("Heading 1", 16), ("Heading 2", 13)):
        _fonts(styles[name], _HEADS)
        styles[name].font.size = Pt(size)
        styles[name].font.color.rgb = RGBColor(0x1B, 0x1F, 0x24)
        styles[name].font.italic = False
    _fonts(styles["Caption"], _HEADS)
    styles["Caption"].font.size = Pt(9)
    styles["Caption"].font.color.rgb = RGBColor(0x1B, 0x1F, 0x24)
    _new(styles, "TOC Heading", _HEADS, 13).font.bold = True
    _new(styles, "toc 1", _BODY, 10.5)
    _new(styles, "buju numbered", _BODY, 10.5)
    _new(styles, "buju figure", _BODY, 10.5).paragraph_format.keep_with_next = True
    _new(styles, "buju source", _BODY, 7.5).paragraph_format.space_after = Pt(10)
    for kind, colour in _COLOURS.items():
        _edged(_new(styles, f"buju {kind}", _BODY, 10), colour)


def _new(styles: Any, name: str, fonts: tuple[str, str], size: float) -> Any:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    style = (
        styles[name]
        if name in [s.name for s in styles]
        else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    )
    style.base_style = styles["Normal"]
    _fonts(style, fonts)
    style.font.size = Pt(size)
    return style


def _fonts(style: Any, fonts: tuple[str, str]) -> None:
    """Latin and East Asian letters; both are named, since Word chooses by character."""
    from docx.oxml.ns import qn

    latin, east = fonts
    style.font.name = latin
    found = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        found.attrib.pop(qn(f"w:{key}"), None)
    found.set(qn("w:eastAsia"), east)


def _no_theme_fonts(styles: Any) -> None:
    from docx.oxml.ns import qn

    for fonts in styles.element.iter(qn("w:rFonts")):
        for key in [k for k in fonts.attrib if k.lower().endswith("theme")]:
            del fonts.attrib[key]


def _language(style: Any, language: str) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    latin = "en-GB" if language == "en" else "en-US"
    xml = f'<w:lang {nsdecls("w")} w:val="{latin}" w:eastAsia="zh-CN"/>'
    style.element.get_or_add_rPr().append(parse_xml(xml))


def _edged(style: Any, colour: str) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    properties = style.element.get_or_add_pPr()
    edge = f'<w:left w:val="single" w:sz="24" w:space="6" w:color="{colour}"/>'
    properties.append(parse_xml(f"<w:pBdr {nsdecls('w')}>{edge}</w:pBdr>"))
    properties.append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="F4F6F8"/>'))


def field(paragraph: Any, code: str | None, shown: str | None) -> None:
    """A field with what it shows until it is updated.

    Without `shown` it is left open, so that runs may follow; without `code` an open one is closed.
    """
    if code is not None:
        _mark(paragraph, "begin")
        _code(paragraph, code)
        _mark(paragraph, "separate")
    if shown is not None:
        paragraph.add_run(shown)
    if code is None or shown is not None:
        _mark(paragraph, "end")


def _mark(paragraph: Any, kind: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)


def _code(paragraph: Any, code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    text = OxmlElement("w:instrText")
    text.set(qn("xml:space"), "preserve")
    text.text = f" {code} "
    paragraph.add_run()._r.append(text)


def footer(file: Any, words: str) -> None:
    """What the report is for, and the page of how many, under every page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = file.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(f"{words}  ")
    field(paragraph, "PAGE", "1")
    paragraph.add_run(" / ")
    field(paragraph, "NUMPAGES", "1")
    for run in paragraph.runs:
        run.font.size = Pt(8)


def turn(file: Any, *, across: bool) -> None:
    """Begin a new page that lies across or stands upright."""
    from docx.enum.section import WD_ORIENT, WD_SECTION
    from docx.shared import Mm

    section = file.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    sides = (Mm(297), Mm(210)) if across else (Mm(210), Mm(297))
    section.page_width, section.page_height = sides
