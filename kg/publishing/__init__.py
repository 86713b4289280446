"""`kg publish`: a static linked-data site, for any web server."""

from __future__ import annotations

from kg.publishing.publish import Summary, publish
from kg.publishing.settings import PublishSettings

__all__ = ["PublishSettings", "Summary", "publish"]
