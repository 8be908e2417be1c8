"""What was measured, as a table to read or as JSON."""
import json
import statistics
from dataclasses import asdict, dataclass, field


def median(values):
    return statistics.median(list(values))


@dataclass
class Row:
    """One thing measured beside its reference. bar: what it must reach (of ratio, or of ours where there is no reference)."""
    what: str
    ours: float
    unit: str
    reference: float = None
    reference_name: str = ""
    bar: float = None
    at_most: bool = False  # the bar is a ceiling of ours; else a floor of the ratio
    more: dict = field(default_factory=dict)

    @property
    def ratio(self):
        return self.ours / self.reference if self.reference else None

    @property
    def holds(self):
        """None: there is no bar."""
        if self.bar is None:
            return None
        return self.ours <= self.bar if self.at_most else self.ratio >= self.bar


def number(value, unit=""):
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    return f"{text} {unit}".strip()


def ratio_text(ratio):
    return "" if ratio is None else f"{ratio:.1f} ×" if ratio >= 2 else f"{ratio * 100:.0f} %"


def cells(row):
    bar = "" if row.bar is None else f"≤ {number(row.bar, row.unit)}" if row.at_most else f"≥ {ratio_text(row.bar)}"
    reference = "" if row.reference is None else f"{number(row.reference, row.unit)}  {row.reference_name}"
    return [row.what, number(row.ours, row.unit), reference, ratio_text(row.ratio), bar, {True: "ok", False: "NOT", None: ""}[row.holds]]


def table(rows):
    lines = [["what", "ours", "reference", "ratio", "bar", ""]] + [cells(row) for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def as_json(machine, rows):
    return json.dumps({"machine": machine, "rows": [{**asdict(row), "ratio": row.ratio, "holds": row.holds} for row in rows]},
                      ensure_ascii=False, indent=1)
