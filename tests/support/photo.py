"""A photograph with what its camera noted of the place (EXIF)."""
import struct


def angle(value):
    """Degrees, minutes, seconds, each a fraction."""
    value = abs(value)
    degrees, minutes = int(value), int(value % 1 * 60)
    return struct.pack(">6I", degrees, 1, minutes, 1, round((value * 60 % 1) * 60 * 10000), 10000)


def entry(tag, kind, count, value):
    return struct.pack(">HHI", tag, kind, count) + (value if isinstance(value, bytes) else struct.pack(">I", value))


def taken_at(jpeg, lat, lon):
    """The same JPEG, taken there."""
    place, entries = 26, 4
    angles = place + 2 + 12 * entries + 4
    tiff = (b"MM\0*" + struct.pack(">IH", 8, 1) + entry(0x8825, 4, 1, place) + struct.pack(">I", 0) + struct.pack(">H", entries)
            + entry(1, 2, 2, (b"N" if lat >= 0 else b"S") + bytes(3)) + entry(2, 5, 3, angles)
            + entry(3, 2, 2, (b"E" if lon >= 0 else b"W") + bytes(3)) + entry(4, 5, 3, angles + 24) + struct.pack(">I", 0)
            + angle(lat) + angle(lon))
    notes = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(notes) + 2) + notes + jpeg[2:]
