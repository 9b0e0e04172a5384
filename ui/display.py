"""Whether a window can open at all, asked before Qt could abort. Imports neither Qt nor the deal."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path

HEADLESS = "Without a window these work: main.py show DEAL, main.py export DEAL -o BOOK.xlsx, main.py check DEAL."
_APT = {
    "libEGL.so.1": "libegl1", "libGL.so.1": "libgl1", "libxkbcommon.so.0": "libxkbcommon0", "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1", "libglib-2.0.so.0": "libglib2.0-0", "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0", "libxcb-icccm.so.4": "libxcb-icccm4", "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1", "libxcb-render-util.so.0": "libxcb-render-util0", "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-shape.so.0": "libxcb-shape0", "libxcb-xinerama.so.0": "libxcb-xinerama0", "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb-randr.so.0": "libxcb-randr0", "libxcb-render.so.0": "libxcb-render0", "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1", "libxcb-xfixes.so.0": "libxcb-xfixes0", "libfreetype.so.6": "libfreetype6",
    "libwayland-client.so.0": "libwayland-client0", "libwayland-cursor.so.0": "libwayland-cursor0",
}  # fmt: skip
_PLUGINS = {
    "xcb": "libqxcb.so",
    "wayland": "libqwayland.so",
    "offscreen": "libqoffscreen.so",
    "minimal": "libqminimal.so",
}


def fault() -> str:
    """Why no window can open here, in a sentence with the remedy; "" where one can."""
    if importlib.util.find_spec("PySide6") is None:
        return f"PySide6 is not installed; run `pip install PySide6-Essentials`. {HEADLESS}"
    if not sys.platform.startswith("linux"):
        return ""
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    if not platform:
        if os.environ.get("WAYLAND_DISPLAY"):
            platform = "wayland"
        elif os.environ.get("DISPLAY"):
            platform = "xcb"
        else:
            return f"There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set); start it in a desktop session. {HEADLESS}"
    found = missing_library(platform)
    if found and platform == "wayland" and os.environ.get("DISPLAY"):
        found = missing_library("xcb")
    if not found and platform == "xcb":
        found = _no_server()
    return found


def missing_library(platform: str) -> str:
    """The system library that Qt lacks for a platform, as a sentence; "" if none does."""
    if not sys.platform.startswith("linux"):
        return ""
    spec = importlib.util.find_spec("PySide6")
    if spec is None or not spec.submodule_search_locations:
        return f"PySide6 is not installed; run `pip install PySide6-Essentials`. {HEADLESS}"
    home = Path(next(iter(spec.submodule_search_locations))) / "Qt"
    lib = home / "lib"
    names = ["libQt6Core.so.6", "libQt6DBus.so.6", "libQt6Gui.so.6", "libQt6Widgets.so.6"]
    if platform == "xcb":
        names.append("libQt6XcbQpa.so.6")
    files = [lib / name for name in names]
    if platform in _PLUGINS:
        files.append(home / "plugins" / "platforms" / _PLUGINS[platform])
    for file in files:
        if not file.exists():
            continue
        try:
            ctypes.CDLL(str(file))
        except OSError as error:
            name = str(error).partition(":")[0].strip()
            package = _APT.get(name)
            remedy = (
                f"on Debian or Ubuntu: `sudo apt install {package}`"
                if package
                else "install it with the system's package manager"
            )
            return f"Qt cannot open a window because the system library {name} is missing; {remedy}. {HEADLESS}"
    return ""


def _no_server() -> str:
    """Whether the X server named by DISPLAY answers."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
        xcb.xcb_connect.restype = ctypes.c_void_p
        xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
        xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
        xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
        connection = xcb.xcb_connect(None, None)
        broken = xcb.xcb_connection_has_error(connection)
        xcb.xcb_disconnect(connection)
    except (OSError, AttributeError):
        return ""
    if broken:
        return f"The display {os.environ.get('DISPLAY', '')} does not answer; start Dealsheet in a desktop session. {HEADLESS}"
    return ""
