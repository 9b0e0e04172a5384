"""Pictures of charts: copied or saved, PNG at twice the size on screen or SVG."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize, Qt
from PySide6.QtGui import QFont, QGuiApplication, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from model.problems import Refused, refuse
from ui import theme as themes
from ui.file_dialogs import ask_save

_SCALE = 2
_TEXT: Final = re.compile(r"<text ([^>]*)>([^<]*)</text>")
_ATTRIBUTE: Final = re.compile(r'([\w-]+)="([^"]*)"')


class Drawing(Protocol):
    """Something that can be drawn whole on any painter, at its size on screen."""

    def draw(self, painter: QPainter) -> None: ...

    def drawing_size(self) -> QSize: ...

    def drawing_name(self) -> str: ...


class PictureButton(QToolButton):
    """The ⋯ in the corner of a drawing: its picture copied or saved, and its figures copied where it has some."""

    def __init__(
        self,
        drawing: Drawing,
        parent: QWidget,
        tell: Callable[[str], object],
        figures: Callable[[], str] | None = None,
        what: str = "chart",
    ) -> None:
        super().__init__(parent)
        self._drawing, self._tell, self._figures, self._what = drawing, tell, figures, what
        self.setText("⋯")
        self.setToolTip(f"Copy or save this {what}")
        self.setAccessibleName(f"Copy or save the {what}")
        self.setProperty("quiet", True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.addAction("Copy picture", self.copy_picture)
        if figures is not None:
            menu.addAction("Copy data", self.copy_figures)
            menu.addSeparator()
        menu.addAction("Save picture (PNG or SVG)…", self.save_picture)
        self.setMenu(menu)

    def to_corner(self) -> None:
        """To the upper right of the drawing. For its resizeEvent."""
        size, corner = self.sizeHint(), self._drawing.drawing_size().width()
        self.setGeometry(corner - size.width() - 4, 2, size.width(), size.height())

    def copy_picture(self) -> None:
        copy(self._drawing)
        self._tell(f"{self._what.capitalize()} copied as a picture.")

    def copy_figures(self) -> None:
        if self._figures is not None:
            QGuiApplication.clipboard().setText(self._figures())
            self._tell(f"Data of the {self._what} copied.")

    def save_picture(self) -> None:
        ask_and_save(self._drawing, self.window(), self._tell)


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
    made = bytes(data.data())
    write_whole(path, outlined(made) if path.suffix.lower() == ".svg" else made)


def outlined(svg: bytes) -> bytes:
    """An SVG drawing of Qt's with its texts as shapes, each under its words as a title: no other machine has the
    app's font, and another one would run into what stands beside or be cut off."""
    return _TEXT.sub(_shapes, svg.decode("utf-8")).encode("utf-8")


def _shapes(found: re.Match[str]) -> str:
    about = dict(_ATTRIBUTE.findall(found[1]))
    font = QFont(about["font-family"])
    font.setPixelSize(round(float(about["font-size"])))
    font.setWeight(QFont.Weight(int(about["font-weight"])))
    font.setItalic(about.get("font-style") == "italic")
    path = QPainterPath()
    path.addText(float(about["x"]), float(about["y"]), font, unescape(found[2]))
    fill = f'fill="{about["fill"]}" fill-opacity="{about["fill-opacity"]}"'
    return f'<g><title>{found[2]}</title><path {fill} stroke="none" d="{_steps(path)}"/></g>'


def _steps(path: QPainterPath) -> str:
    """The path in SVG's words; a curve's three points stand behind its first letter."""
    kind = QPainterPath.ElementType
    letters = {kind.MoveToElement: "M", kind.LineToElement: "L", kind.CurveToElement: "C"}
    found = [path.elementAt(i) for i in range(path.elementCount())]
    return " ".join(f"{letters.get(e.type, '')}{e.x:.2f},{e.y:.2f}" for e in found)


def ask_and_save(drawing: Drawing, parent: QWidget, tell: Callable[[str], object] | None = None) -> None:
    """Ask for a place, save the picture there, and tell how it went."""
    from ui.documents import file_name

    kinds = "PNG picture, twice its size (*.png);;SVG drawing (*.svg)"
    start = Path.home() / f"{file_name(drawing.drawing_name())}.png"
    path = ask_save(parent, "Save the picture", start, kinds, (".png", ".svg"))
    if path is None:
        return
    try:
        save(drawing, path)
        said = f"Saved {path}."
    except Refused as refused:
        said = f"{refused.problems[0].what} {refused.problems[0].remedy}"
    if tell is not None:
        tell(said)
