"""A picture of a page with a palette, at less than half of its size: pages have few colors, and edges of letters."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

from playwright.sync_api import Page

COLORS = 256
# The browser knows how to read a PNG. Colors beyond the palette are few, and become the nearest one in it.
PALETTE = """async ([png, most]) => {
  const file = await (await fetch("data:image/png;base64," + png)).blob();
  const image = await createImageBitmap(file);
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const bytes = canvas.getImageData(0, 0, image.width, image.height).data;
  const pixels = new Uint32Array(bytes.buffer), counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) || 0) + 1);
  const parts = (pixel) => [pixel & 255, pixel >> 8 & 255, pixel >> 16 & 255];
  const far = (one, other) => one.reduce((sum, part, i) => sum + (part - other[i]) ** 2, 0);
  const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, most).map(([pixel]) => parts(pixel));
  const nearest = new Map([...counts.keys()].map((pixel) => {
    const away = palette.map((color) => far(color, parts(pixel)));
    return [pixel, away.indexOf(Math.min(...away))];
  }));
  const places = Array.from(pixels, (pixel) => String.fromCharCode(nearest.get(pixel)));
  return {width: image.width, height: image.height, palette: palette.flat(), places: btoa(places.join(""))};
}"""


def smaller(png: bytes, blank: Page) -> bytes:
    """Return the picture with a palette of at most 256 colors; `blank` is any page without a policy."""
    found: dict[str, Any] = blank.evaluate(PALETTE, [base64.b64encode(png).decode(), COLORS])
    width, height, places = found["width"], found["height"], base64.b64decode(found["places"])
    rows = b"".join(b"\0" + places[start : start + width] for start in range(0, width * height, width))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = (b"IHDR", head), (b"PLTE", bytes(found["palette"])), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
