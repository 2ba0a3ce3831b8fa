"""Income groups of the World Bank, by gross national income per inhabitant.

Source: World Bank, country classification by income level of 1 July 2025 (fiscal year 2026, incomes of 2024): low up
to 1,135 US dollars, lower middle up to 4,495, upper middle up to 13,935, high above. It holds 25, 50, 54 and 87
economies, the Channel Islands being one of them, and two without a group, Ethiopia and Venezuela.
"""

from enum import StrEnum

from shared.vocabulary.lookup import Labels


class IncomeGroup(StrEnum):
    """The four groups, from low to high."""

    LOW = "low"
    LOWER_MIDDLE = "lower-middle"
    UPPER_MIDDLE = "upper-middle"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for low to 3 for high: the distance of two groups is the difference of their ranks."""
        return list(IncomeGroup).index(self)

    @property
    def labels(self) -> Labels:
        """The group in words."""
        return _LABELS[self]


_LABELS = {
    IncomeGroup.LOW: Labels("ingreso bajo", "low income", "revenu faible"),
    IncomeGroup.LOWER_MIDDLE: Labels(
        "ingreso mediano bajo", "lower middle income", "revenu intermédiaire de la tranche inférieure"
    ),
    IncomeGroup.UPPER_MIDDLE: Labels(
        "ingreso mediano alto", "upper middle income", "revenu intermédiaire de la tranche supérieure"
    ),
    IncomeGroup.HIGH: Labels("ingreso alto", "high income", "revenu élevé"),
}

_MEMBERS = {
    IncomeGroup.LOW: "AF BF BI CD CF ER GM GW KP LR MG ML MW MZ NE RW SD SL SO SS SY TD TG UG YE",
    IncomeGroup.LOWER_MIDDLE: "AO BD BJ BO BT CG CI CM DJ EG FM GH GN HN HT IN JO KE KG KH KI KM LA LB LK LS MA MM MR"
    " NA NG NI NP PG PH PK PS SB SN ST SZ TJ TL TN TZ UZ VN VU ZM ZW",
    IncomeGroup.UPPER_MIDDLE: "AL AM AR AZ BA BR BW BY BZ CN CO CU CV DM DO DZ EC FJ GA GD GE GQ GT ID IQ IR JM KZ LC"
    " LY MD ME MH MK MN MU MV MX MY PE PY RS SR SV TH TM TO TR TV UA VC WS XK ZA",
    IncomeGroup.HIGH: "AD AE AG AS AT AU AW BB BE BG BH BM BN BS CA CH CL CR CW CY CZ DE DK EE ES FI FO FR GB GG GI GL"
    " GR GU GY HK HR HU IE IL IM IS IT JE JP KN KR KW KY LI LT LU LV MC MF MO MP MT NC NL NO NR NZ OM PA PF PL PR PT"
    " PW QA RO RU SA SC SE SG SI SK SM SX TC TT TW US UY VG VI",
}

# Parts of a state whose economy the World Bank counts within that state's.
_COUNTED_WITH = {"AX": "FI", "GF": "FR", "GP": "FR", "MQ": "FR", "RE": "FR", "SJ": "NO", "YT": "FR"}

_NO_GROUP = "without a group until its accounts are revised (World Bank, fiscal year 2026)"
_NOT_LISTED = "not among the economies that the World Bank classifies, which have 30,000 inhabitants or more"
_CONTESTED = "not among the economies that the World Bank classifies, its status being contested"
_REASONS = (
    ("ET VE", _NO_GROUP),
    ("AI AQ BL BQ BV CC CK CX FK GS HM IO MS NF NU PM PN SH TF TK UM VA WF", _NOT_LISTED),
    ("EH", _CONTESTED),
)

_GROUP_OF = {code: group for group, codes in _MEMBERS.items() for code in codes.split()}
_REASON_OF = {code: reason for codes, reason in _REASONS for code in codes.split()}


def income_of(code: str) -> tuple[IncomeGroup | None, str | None]:
    """The income group of a country, and a note where it is not the World Bank's own: whose it is, or why none is."""
    state = _COUNTED_WITH.get(code)
    if state is not None:
        return _GROUP_OF[state], f"counted with {state}"
    return _GROUP_OF.get(code), _REASON_OF.get(code)
