"""Measures the counter beside its references in the same run, and prints a table. bench/run calls this."""
import argparse
import sys

import export
import filing
import form_page
import live
import office
import rehearsed
import report
import startup
import template
import transitions
from machine import description

MEASURES = {"export": export.measure, "form-page": form_page.measure, "filing": filing.measure, "live": live.measure, "office": office.measure, "rehearsed": rehearsed.measure, "startup": startup.measure, "template": template.measure, "transitions": transitions.measure}


def main():
    parser = argparse.ArgumentParser(prog="bench/run", description="Measures the counter beside its references.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASURES) + " (all of them where none is named)")
    parser.add_argument("--dossiers", type=int, default=100_000, help="how many the lists are asked among, and the exports write (100000)")
    parser.add_argument("--rehearsed", metavar="DIR", help="of rehearsed: a folder that « guichet rehearse --count N --into DIR » made, which is read (else one is made)")
    parser.add_argument("--rehearsed-store", metavar="URL", help="its store (SQLite in that folder)")
    parser.add_argument("--json", action="store_true", help="all figures, as one JSON object")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in MEASURES]
    if unknown:
        parser.error(f"{unknown[0]} is none of {', '.join(MEASURES)}")
    machine, rows = description(), []
    for name, measure in MEASURES.items():
        if not options.names or name in options.names:
            print(f"{name} …", file=sys.stderr, flush=True)
            rows += measure(options)
    if options.json:
        print(report.as_json(machine, rows))
    else:
        print(f"{machine['processor']}, one core serves, one loads; load average at the start {machine['load_average']}\n")
        print(report.table(rows))
    return 1 if any(row.holds is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
