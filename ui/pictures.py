"""Pictures of charts: copied or saved, PNG at twice the size on screen or SVG."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize
from PySide6.QtGui import QGuiApplication, QPainter, QPixmap
from PySide6.QtWidgets import QFileDialog, QWidget

from model.problems import Refused, refuse
from ui import theme as themes

_SCALE = 2


class Drawing(Protocol):
    """Something that can be drawn whole on any painter, at its size on screen."""

    def draw(self, painter: QPainter) -> None: ...

    def drawing_size(self) -> QSize: ...

    def drawing_name(self) -> str: ...


def picture(drawing: Drawing) -> QPixmap:
    """At twice its size on screen."""
    pixmap = QPixmap(drawing.drawing_size() * _SCALE)
    pixmap.setDevicePixelRatio(_SCALE)
    pixmap.fill(themes.current().color("background"))
    painter = QPainter(pixmap)
    drawing.draw(painter)
    painter.end()
    return pixmap


def copy(drawing: Drawing) -> None:
    QGuiApplication.clipboard().setPixmap(picture(drawing))


def save(drawing: Drawing, path: Path) -> None:
    """Save as PNG or SVG, by the ending of the name. Raises Refused."""
    from ui.exchange.outgoing import write_whole

    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if path.suffix.lower() == ".svg":
        from PySide6.QtSvg import QSvgGenerator

        size = drawing.drawing_size()
        target = QSvgGenerator()
        target.setOutputDevice(buffer)
        target.setSize(size)
        target.setViewBox(QRect(0, 0, size.width(), size.height()))
        target.setTitle(drawing.drawing_name())
        painter = QPainter(target)
        painter.fillRect(QRect(0, 0, size.width(), size.height()), themes.current().color("background"))
        drawing.draw(painter)
        painter.end()
    elif path.suffix.lower() == ".png":
        picture(drawing).save(buffer, "PNG")
    else:
        raise refuse(str(path), "A picture's name must end in .png or .svg.", "Add one of them to the name.")
    buffer.close()
    write_whole(path, bytes(data.data()))


def ask_and_save(drawing: Drawing, parent: QWidget, tell: Callable[[str], object] | None = None) -> None:
    """Ask for a place, save the picture there, and tell how it went."""
    from ui.documents import file_name

    kinds = "PNG picture, twice its size (*.png);;SVG drawing (*.svg)"
    start = Path.home() / f"{file_name(drawing.drawing_name())}.png"
    chosen, kind = QFileDialog.getSaveFileName(parent, "Save the picture", str(start), kinds)
    if not chosen:
        return
    path = Path(chosen)
    if path.suffix.lower() not in (".png", ".svg"):
        path = path.with_name(path.name + (".svg" if "svg" in kind.lower() else ".png"))
    try:
        save(drawing, path)
        said = f"Saved {path}."
    except Refused as refused:
        said = f"{refused.problems[0].what} {refused.problems[0].remedy}"
    if tell is not None:
        tell(said)
