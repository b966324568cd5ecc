"""Posters for the invented series: a gradient, a few plain shapes and the title."""

from __future__ import annotations

import colorsys
import io
import math
import random
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
_WIDTH, _HEIGHT = 220, 330
_SCALE = 3  # drawn larger and scaled down: smooth edges
_FONTS = ("DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf", "Arial Bold.ttf", "arialbd.ttf")


@lru_cache(maxsize=256)
def poster(key: str, title: str, *, size: tuple[int, int] = (_WIDTH, _HEIGHT), kind: str) -> bytes:
    """The picture of a series as JPEG or PNG (``kind``), always the same for the same series."""
    image = _draw(random.Random(key), title)
    if size[0] > size[1]:  # a backdrop shows the middle of the poster
        band = image.width * size[1] // size[0]
        top = (image.height - band) // 3
        image = image.crop((0, top, image.width, top + band))
    out = io.BytesIO()
    image.resize(size, Image.Resampling.LANCZOS).save(out, kind.upper(), quality=88)
    return out.getvalue()


def _draw(rng: random.Random, title: str) -> Image.Image:
    hue = rng.random()
    top, bottom = _colour(hue, 0.55, 0.30), _colour(hue + 0.12 + rng.random() * 0.2, 0.65, 0.85)
    image = _gradient(top, bottom)
    overlay = Image.new("RGBA", image.size, (0, 0, 0, 0))
    rng.choice(_MOTIFS)(ImageDraw.Draw(overlay), rng, _colour(hue + 0.45, 0.22, 1.0), top)
    image.paste(overlay, (0, 0), overlay)
    _write_title(image, title)
    return image


def _colour(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def _gradient(top: Colour, bottom: Colour) -> Image.Image:
    width, height = _WIDTH * _SCALE, _HEIGHT * _SCALE
    mask = Image.linear_gradient("L").resize((width, height))
    return Image.composite(
        Image.new("RGB", (width, height), bottom), Image.new("RGB", (width, height), top), mask
    )


def _moon(draw: ImageDraw.ImageDraw, rng: random.Random, light: Colour, dark: Colour) -> None:
    x, y, r = rng.randint(200, 460), rng.randint(180, 330), rng.randint(90, 150)
    for grow, alpha in ((70, 30), (35, 50), (0, 235)):
        draw.ellipse(_circle(x, y, r + grow), fill=(*light, alpha))
    for layer in range(3):
        base, points = 560 + layer * 90, [(0, 990)]
        for step in range(9):
            points.append((step * 83, base + rng.randint(-70, 50)))
        draw.polygon([*points, (660, 990)], fill=(*dark, 110 + layer * 50))


def _rings(draw: ImageDraw.ImageDraw, rng: random.Random, light: Colour, dark: Colour) -> None:
    x, y = rng.randint(230, 430), rng.randint(280, 400)
    for n in range(7, 0, -1):
        fill = (*light, 55) if n % 2 else (*dark, 120)
        draw.ellipse(_circle(x, y, n * 48), fill=fill)
    draw.ellipse(_circle(x, y, 34), fill=(*light, 240))


def _rays(draw: ImageDraw.ImageDraw, rng: random.Random, light: Colour, dark: Colour) -> None:
    x, y, turn = 330, rng.randint(420, 520), rng.random()
    for n in range(0, 24, 2):
        a, b = (2 * math.pi * (n + turn + k) / 24 for k in (0, 1))
        corners = [(x + 1000 * math.cos(t), y + 1000 * math.sin(t)) for t in (a, b)]
        draw.polygon([(x, y), *corners], fill=(*light, 46))
    draw.ellipse(_circle(x, y, 130), fill=(*dark, 200))
    draw.ellipse(_circle(x, y, 104), fill=(*light, 235))


def _towers(draw: ImageDraw.ImageDraw, rng: random.Random, light: Colour, dark: Colour) -> None:
    for _ in range(60):
        x, y = rng.randint(0, 660), rng.randint(0, 450)
        draw.ellipse(_circle(x, y, rng.randint(1, 4)), fill=(*light, 200))
    left = -20
    while left < 660:
        width, top = rng.randint(60, 120), rng.randint(330, 620)
        draw.rectangle((left, top, left + width, 990), fill=(*dark, 225))
        for wx in range(left + 12, left + width - 14, 24):
            for wy in range(top + 16, 820, 34):
                if rng.random() < 0.35:
                    draw.rectangle((wx, wy, wx + 9, wy + 14), fill=(*light, 190))
        left += width + 6


def _petals(draw: ImageDraw.ImageDraw, rng: random.Random, light: Colour, dark: Colour) -> None:
    for n in range(26):
        x, y, r = rng.randint(-40, 700), rng.randint(-40, 760), rng.randint(24, 110)
        fill = (*light, rng.randint(40, 120)) if n % 3 else (*dark, 90)
        if n % 2:
            draw.polygon([(x, y - r), (x + r * 0.6, y), (x, y + r), (x - r * 0.6, y)], fill=fill)
        else:
            draw.ellipse(_circle(x, y, r * 0.7), fill=fill)


_Motif = Callable[[ImageDraw.ImageDraw, random.Random, Colour, Colour], None]
_MOTIFS: tuple[_Motif, ...] = (_moon, _rings, _rays, _towers, _petals)


def _circle(x: float, y: float, radius: float) -> tuple[float, float, float, float]:
    return x - radius, y - radius, x + radius, y + radius


def _write_title(image: Image.Image, title: str) -> None:
    shade = Image.new("L", (1, 100))
    shade.putdata([max(0, (row - 45) * 4) for row in range(100)])
    mask = shade.resize(image.size)
    image.paste(Image.new("RGB", image.size, (8, 8, 14)), (0, 0), mask)
    draw = ImageDraw.Draw(image)
    lines, font = _fit(draw, title)
    step = round(font.size * 1.16)
    y = image.height - 56 - step * len(lines)
    draw.rectangle((40, y - 26, 130, y - 18), fill=(255, 255, 255))
    for line in lines:
        draw.text((40, y), line, font=font, fill=(255, 255, 255))
        y += step


def _fit(draw: ImageDraw.ImageDraw, title: str) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """The largest type in which the title takes at most four lines."""
    for size in (84, 72, 62, 54, 46):
        font, text = _font(size, title)
        lines = _wrap(draw, text, font)
        fits = max(draw.textlength(line, font=font) for line in lines) <= _room()
        if fits and len(lines) <= 4:
            break
    return lines, font


def _room() -> int:
    """Room for text on the large drawing, in its pixels."""
    return _WIDTH * _SCALE - 80


def _wrap(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and draw.textlength(longer, font=font) > _room():
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _font(size: int, text: str) -> tuple[ImageFont.FreeTypeFont, str]:
    """A font, and the text in letters that it has."""
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size), text
        except OSError:
            continue  # not installed here
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType: no text can be drawn")
    return font, plain or "?"
