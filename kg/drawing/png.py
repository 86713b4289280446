"""SVG to PNG."""

from __future__ import annotations

from importlib.resources import files

from kg.errors import QueryError

# The font comes with the extra: text looks the same on every machine, and on one without fonts.
_FONTS = ("Roboto-Regular.ttf", "Roboto-Bold.ttf", "Roboto-Medium.ttf", "Roboto-Italic.ttf")


def png(svg: str, zoom: float = 2.0) -> bytes:
    """Return a picture of ours as PNG, `zoom` pixels for each unit of its size.

    Letters that Roboto lacks are taken from the fonts of the machine. QueryError where the extra `pictures` is not installed (KG674).
    """
    try:
        import font_roboto
        import resvg_py
    except ImportError as error:
        raise QueryError(
            "KG674",
            f"PNG needs a library that is not installed: {error.name}",
            advice="pip install 'aimodel-kg[pictures]', or write .svg",
        ) from error
    folder = files(font_roboto) / "files"
    fonts = [str(folder / name) for name in _FONTS]
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=zoom, font_files=fonts, sans_serif_family="Roboto"))
