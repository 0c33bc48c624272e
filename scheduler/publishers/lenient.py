"""Reads HTML of strangers as browsers do: whatever stands in it, there is something to read afterwards."""

import html
from html.parser import HTMLParser


class LenientParser(HTMLParser):
    """Is Python's parser, which gives up at sections that only XML has, such as ``<![x[``; browsers take those for comments.

    A tag that never ends it would try to end from each sign on anew, for hours: here all of it is words.
    """

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Returns where such a section ends, negative where that is not known yet."""
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:
            return self.parse_bogus_comment(i)

    def close(self) -> None:
        """Reads what is left."""
        rest = self.rawdata
        if rest.startswith("<"):
            self.rawdata = ""
            self.handle_data(html.unescape(rest))
        super().close()
