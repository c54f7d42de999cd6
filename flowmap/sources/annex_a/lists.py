"""Annex A's eleven lists as data: every column of Ofsted's template (August 2019) and what becomes of it.

The order of the columns is the template's, and so are the headers (to the letter: the writer uses them). Headers are
compared without case, spaces and punctuation, so that `Child’s Legal Status` and `child's legal status ` are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from flowmap.sources.annex_a.codes import plain


@dataclass(frozen=True)
class Column:
    """A column. `to` names the fields of case records that it fills (`referral.date`); none: it is not kept.

    `type`: child, date, code, yes (the flag is set by Yes), no (by No), number, key, text (kept as it is), or none.
    `codes` is a set of `codes`; `also` are other headers that councils use.
    """

    header: str
    type: str = "none"
    to: tuple[str, ...] = ()
    codes: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class List:
    """One of the lists: its number, its title in row 1, the columns, and those of which one must date a row.

    `marks` are the headers by which the list is known: one of them must be there.
    """

    number: int
    title: str
    marks: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def label(self) -> str:
        """As said to people: `list 3 (Referral)`."""
        return f"list {self.number} ({self.title.split(': ')[1]})"

    @property
    def dates(self) -> tuple[str, ...]:
        """Headers of the columns that begin a record; a row needs one of them. None for care leavers and adopters."""
        return () if self.number in (9, 11) else self.marks


CHILD = Column(
    "Child Unique ID",
    "child",
    also=(
        *(
            "Child ID",
            "Unique Child ID",
            "Child's Unique ID",
            "Unique ID",
            "Unique Identifier",
            "Child Unique Identifier",
        ),
        *("Child Identifier", "Person ID", "Client ID", "Social Care ID", "System ID", "Mosaic ID", "Liquidlogic ID"),
        *("LCS ID", "ICS ID", "Eclipse ID", "Azeus ID"),
    ),
)
FAMILY = Column("Family identifier", "key", ("person.family",), also=("Family ID",))
PERSON = (
    Column("Gender", "code", ("person.sex",), "SEX", ("Sex",)),
    Column("Ethnicity", "code", ("person.ethnicity",), "ETHNICITY", ("Ethnic Origin", "Ethnic Group")),
    Column("Date of Birth", "date", ("person.birth",), also=("DOB", "Date of Birth or Expected Date of Birth")),
    Column("Age of Child (Years)", "age", also=("Age", "Age of Child", "Age (Years)", "Age in Years")),
)
DISABILITY = Column(
    "Does the Child have a Disability", "yes", ("person.disability",), "YES_NO_UNKNOWN", ("Disability", "Disabled")
)
WORKER = Column("Allocated Worker", also=("Allocated Social Worker", "Social Worker"))


def _team(*to: str) -> Column:
    return Column("Allocated Team", "text", to, also=("Team",))


LISTS = (
    List(
        1,
        "List 1: Contacts",
        ("Date of Contact",),
        (
            CHILD,
            *PERSON,
            Column("Date of Contact", "date", ("contact.date",), also=("Contact Date",)),
            Column("Contact Source", "code", ("contact.source",), "SOURCE", ("Source of Contact",)),
        ),
    ),
    List(
        2,
        "List 2: Early Help",
        ("Assessment start date",),
        (
            CHILD,
            *PERSON,
            Column("Assessment start date", "date", ("early_help.start",), also=("Early Help Assessment Start Date",)),
            Column(
                "Assessment completion date",
                "date",
                ("early_help.end",),
                also=("Early Help Assessment Completion Date", "Assessment end date"),
            ),
            Column(
                "Organisation completing assessment",
                "text",
                ("early_help.team",),
                also=("Organisation", "Organization completing assessment"),
            ),
        ),
    ),
    List(
        3,
        "List 3: Referral",
        ("Date of referral",),
        (
            CHILD,
            *PERSON,
            Column("Date of referral", "date", ("referral.date",), also=("Referral Date",)),
            Column("Referral Source", "code", ("referral.source",), "SOURCE", ("Source of Referral",)),
            Column("Referral NFA?", "yes", ("referral.nfa",), "YES_NO", ("NFA",)),
            Column("Number of Referrals in Last 12 Months"),
            _team("referral.team"),
            WORKER,
        ),
    ),
    List(
        4,
        "List 4: Assessments",
        ("Continuous Assessment Start Date",),
        (
            CHILD,
            *PERSON,
            DISABILITY,
            Column("Continuous Assessment Start Date", "date", ("assessment.start",)),
            Column("Child Seen During Continuous Assessment"),
            Column(
                "Continuous Assessment Date of Authorisation",
                "date",
                ("assessment.authorised",),
                also=("Continuous Assessment Authorisation Date",),
            ),
            Column(
                "Was the child assessed as requiring LA children’s social care support",
                "yes",
                ("assessment.support",),
                "YES_NO",
                ("Was the child assessed as being in need at assessment",),
            ),
            _team("assessment.team"),
            WORKER,
        ),
    ),
    List(
        5,
        "List 5: Section 47 enquiries and Initial Child Protection Conferences",
        (
            "Strategy discussion initiating Section 47 Enquiry Start Date",
            "Date of Initial Child Protection Conference",
        ),
        (
            CHILD,
            *PERSON,
            DISABILITY,
            Column(
                "Strategy discussion initiating Section 47 Enquiry Start Date",
                "date",
                ("strategy.date", "s47.start"),
                also=("Section 47 Enquiry Start Date", "Strategy Discussion Date"),
            ),
            Column(
                "Was an Initial Child Protection Conference deemed unnecessary?", "no", ("s47.conference",), "YES_NO"
            ),
            Column("Date of Initial Child Protection Conference", "date", ("icpc.date",), also=("Date of ICPC",)),
            Column(
                "Did the Initial Child Protection Conference Result in a Child Protection Plan",
                "yes",
                ("icpc.plan",),
                "YES_NO",
            ),
            Column("Number of Section 47 Enquiries in the last 12 months"),
            Column("Number of ICPCs in the last 12 months"),
            _team("strategy.team", "s47.team", "icpc.team"),
            WORKER,
        ),
    ),
    List(
        6,
        "List 6: Children in Need",
        ("CIN Start Date",),
        (
            CHILD,
            *PERSON,
            DISABILITY,
            Column("CIN Start Date", "date", ("referral.date",), also=("Child in Need Start Date",)),
            Column("Primary Need Code", "code", ("referral.need",), "NEED", ("Primary Need",)),
            Column("Date Child Was Last Seen", "seen"),
            Column("CIN Closure Date", "date", ("referral.closed",), also=("CIN End Date",)),
            Column("Reason for Closure", "code", ("referral.reason",), "CLOSURE"),
            Column("Case status", "status", (), "STATUS"),
            _team("referral.team"),
            WORKER,
        ),
    ),
    List(
        7,
        "List 7: Child protection",
        ("Child Protection Plan Start Date",),
        (
            CHILD,
            *PERSON,
            DISABILITY,
            Column("Child Protection Plan Start Date", "date", ("cp_plan.start",), also=("CP Plan Start Date",)),
            Column("Initial Category of Abuse", "code", ("cp_plan.category",), "ABUSE"),
            Column("Latest Category of Abuse", "code", ("cp_plan.latest_category",), "ABUSE"),
            Column("Date of the Last Statutory Visit", "seen"),
            Column("Was the Child Seen Alone?"),
            Column("Date of latest review conference", "seen"),
            Column("Child Protection Plan End Date", "date", ("cp_plan.end",), also=("CP Plan End Date",)),
            Column(
                "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)",
                also=("Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months",),
            ),
            Column("Number of Previous Child Protection Plans", "number", ("cp_plan.previous",)),
            _team("cp_plan.team"),
            WORKER,
        ),
    ),
    List(
        8,
        "List 8: Children in care",
        ("Date Started to be Looked After",),
        (
            CHILD,
            *PERSON,
            Column(
                "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)",
                "yes",
                ("person.uasc",),
                "YES_NO",
                ("Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months", "UASC"),
            ),
            DISABILITY,
            Column("Date Started to be Looked After", "date", ("care.start",)),
            Column("Child's Category of Need", "code", ("care.need",), "CARE_NEED", ("Category of Need",)),
            Column(
                "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)",
                also=("Is this a second or subsequent period of being a Looked After Child within the last 12 months",),
            ),
            Column("Start date of current legal status", "date", ("legal_status.start",)),
            Column("Child's Legal Status", "code", ("legal_status.status",), "LEGAL", ("Legal Status",)),
            Column("Date of Latest Statutory Review", "seen"),
            Column("Date of Last Social Work Visit", "seen"),
            Column("What is the permanence plan for this child?"),
            Column("Date of Last IRO Visit / Contact to the Child", "seen"),
            Column("Date of Last Health Assessment", "seen"),
            Column("Date of Last Dental Check", "seen"),
            Column("Number of Placements in the Last 12 months"),
            Column("Date Ceased to be Looked After ", "date", ("care.end", "legal_status.end", "placement.end")),
            Column("Reason Ceased to be Looked After", "code", ("care.reason",), "CEASED"),
            Column("Start Date of Most Recent Placement", "date", ("placement.start",)),
            Column("Placement Type", "code", ("placement.type",), "PLACEMENT"),
            Column("Placement Provider", "code", ("placement.provider",), "PROVIDER"),
            Column("Placement postcode"),
            Column("URN of Placement"),
            Column("Placement Location"),
            Column("LA of Placement"),
            Column(
                "Number of Episodes the Child has been ‘Missing’ from their Placement in the last 12 months",
            ),
            Column(
                "Number of Episodes the Child has been ‘Absent’ from their Placement in the last 12 months",
            ),
            Column("Was the child offered a Return Interview after their last missing episode (Y/N)?"),
            Column("Did the child accept a Return Interview after their last missing episode (Y/N)?"),
            _team("care.team"),
            WORKER,
        ),
    ),
    List(
        9,
        "List 9: Care leavers",
        ("Eligibility Category",),
        (
            CHILD,
            *PERSON,
            DISABILITY,
            Column("Allocated Team"),
            WORKER,
            Column("Eligibility Category", "code", ("person.care_leaver",), "LEAVER"),
            Column("LA In Touch "),
            Column("Type of Accommodation"),
            Column("Suitability of Accommodation"),
            Column("Activity Status"),
        ),
    ),
    List(
        10,
        "List 10: Adoption",
        ("Date of Decision that Child Should be Placed for Adoption",),
        (
            CHILD,
            FAMILY,
            *PERSON,
            DISABILITY,
            Column("Date the Child Entered Care", "seen"),
            Column("Date of Decision that Child Should be Placed for Adoption", "date", ("adoption.decision",)),
            Column("Date of Placement Order", "date", ("adoption.placement_order",)),
            Column("Date of Matching Child and Prospective Adopters", "seen"),
            Column("Date Placed for Adoption", "date", ("adoption.placed",)),
            Column("Date of Adoption Order ", "date", ("adoption.order",)),
            Column(
                "Date of Decision that Child Should No Longer be Placed for Adoption", "date", ("adoption.reversed",)
            ),
            Column("Reason Why Child No Longer Placed for Adoption"),
            Column("Date the child was placed for fostering in FFA or concurrent planning placement", "seen"),
        ),
    ),
    List(
        11,
        "List 11: Adopters",
        ("Individual adopter identifier",),
        (
            Column("Individual adopter identifier", "adopter", also=("Adopter identifier", "Adopter ID")),
            Column("Family identifier"),
            *(
                Column(header)
                for header in (
                    "Gender",
                    "Ethnicity",
                    "Disability",
                    "Is the (prospective) adopter fostering for adoption?",
                    "Date enquiry received",
                    "Date Stage 1 started",
                    "Date Stage 1 ended",
                    "Date Stage 2 started",
                    "Date Stage 2 ended",
                    "Date application submitted",
                    "Date application approved",
                    "Date adopter matched with child(ren)",
                    "Date child/children placed with adopter(s)",
                    "No. of children placed",
                    "Date of Adoption Order",
                    "Date of leaving adoption process",
                    "Reason for leaving adoption process",
                )
            ),
        ),
    ),
)

# Columns of other editions than that of 2019, which are known and not kept.
OTHER_EDITIONS: dict[int, tuple[Column, ...]] = {
    9: (
        Column(
            "Unaccompanied Asylum Seeking Child (UASC), or formerly UASC if 18 or over (Y/N)",
            "yes",
            ("person.uasc",),
            "YES_NO",
        ),
        Column("Allocated Personal Advisor"),
        Column("Latest Pathway Plan Review Date", "seen"),
        Column("Latest Date of Contact", "seen"),
    )
}


@cache
def headers(number: int) -> dict[str, Column]:
    """Every header of a list (plain, with the others that councils use) -> its column."""
    columns = (*LISTS[number - 1].columns, *OTHER_EDITIONS.get(number, ()))
    found = {plain(also): column for column in columns for also in column.also}
    return {**found, **{plain(column.header): column for column in columns}}
