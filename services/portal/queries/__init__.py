"""What pages and the JSON API read: cases in short and in full, numbers, and what has changed."""

from services.portal.queries.changed import Changes, changes
from services.portal.queries.detail import case_detail, case_id_of, case_version
from services.portal.queries.home import exchange_pairs, numbers
from services.portal.queries.lists import cases, cases_about, newest_cases
from services.portal.queries.organisations import organisations
from services.portal.queries.values import (
    LAST_PAGE,
    PAGE_SIZE,
    CaseDetail,
    CasePage,
    CaseRow,
    Numbers,
    OfferTitle,
    Organisation,
)

__all__ = [
    "LAST_PAGE",
    "PAGE_SIZE",
    "CaseDetail",
    "CasePage",
    "CaseRow",
    "Changes",
    "Numbers",
    "OfferTitle",
    "Organisation",
    "case_detail",
    "case_id_of",
    "case_version",
    "cases",
    "cases_about",
    "changes",
    "exchange_pairs",
    "newest_cases",
    "numbers",
    "organisations",
]
