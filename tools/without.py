"""Print a hashed constraints file without one package: without.py FILE PACKAGE."""

import re
import sys
from pathlib import Path

path, package = sys.argv[1:]
text = Path(path).read_text(encoding="utf-8")
print(re.sub(rf"^{re.escape(package)}==(.*\\\n)*.*\n(    # .*\n)*", "", text, flags=re.M), end="")
