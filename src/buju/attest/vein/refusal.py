"""One refusal for the whole vein factor: a code for machines, words in two languages for people."""

from __future__ import annotations

from buju.errors import BujuError

# The next move in Chinese, by code; the English words state theirs where one is needed.
NEXT = {
    "vein-missing": "请将手指放到已登记终端的窗口，或给出图像文件夹",
    "vein-quality": "请重新放置手指再采集",
    "vein-image": "请提供手指的灰度 PNG 或 JPEG",
    "vein-replay": "请现场重新采集",
    "vein-pad": "请用活体手指现场采集",
    "vein-poor": "请换一个手指登记，或采用非生物识别方式（buju attest register）",
    "vein-mismatch": "请用登记的手指再试",
    "vein-locked": "请联系管理员解锁",
    "template-broken": "请在本终端重新登记",
    "template-binding": "请使用登记时的证书",
    "template-revoked": "请重新登记",
}


class VeinRefused(BujuError):
    """The vein factor says no.

    `code` is what the protocol records. Neither message carries a score, an image or a template.

    >>> refusal = VeinRefused("vein-mismatch", "another finger", "手指不符")
    >>> refusal.code
    'vein-mismatch'
    """

    def __init__(self, code: str, english: str, chinese: str = "") -> None:
        move = NEXT.get(code, "")
        if chinese and move and "请" not in chinese:
            chinese += f"；{move}"
        super().__init__(f"{code}: {english}", f"{code}：{chinese}" if chinese else "")
        self.code = code
