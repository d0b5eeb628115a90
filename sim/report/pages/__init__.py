"""One page that a run hands over: put together as data (`content`), then written as HTML or text.

    content       what a report is made of: sections of blocks
    material      what it is made from: a run, its scenario, tables and pictures
    sections      which sections there are; each in a module of its own
    as_html, as_markdown    a report in these forms, and nothing decided in them

`write_report` does all of it.
"""

from sim.report.pages.material import of_directory, of_results
from sim.report.pages.writing import FORMS, refuse, write_report

__all__ = ["FORMS", "of_directory", "of_results", "refuse", "write_report"]
