"""The elements of the children in need census: which are read, which are known and left out, and where they stand.

From the Department for Education's schemas of 2022 to 2026 (`CIN_schema_20xx.xsd`). Between those years the names
differ in one place only: `GenderCurrent` (1, 2, 0, 9) until 2024 is `Sex` (M, F, U) from 2025.
"""

from __future__ import annotations

from dataclasses import dataclass

from flowmap.casework.codes import ABUSE, ETHNICITY, EXIT_OF_CLOSURE, NEED, SOURCE


@dataclass(frozen=True)
class Container:
    """An element that makes a record: the elements read in it, those known and not used, and the containers in it."""

    name: str
    path: str
    read: tuple[str, ...]
    known: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()


HEADER = Container(
    "",
    "Header",
    read=("Collection", "Year", "ReferenceDate"),
    known=("SourceLevel", "LEA", "SoftwareCode", "Release", "SerialNo", "DateTime"),
    inner=("Child",),
)
CHILD = Container(
    "Child",
    "Child",
    read=(
        "LAchildID",
        "PersonBirthDate",
        "ExpectedPersonBirthDate",
        "GenderCurrent",
        "Sex",
        "PersonDeathDate",
        "Ethnicity",
        "Disability",
    ),
    known=("UPN", "FormerUPN", "UPNunknown"),
    inner=("CINdetails",),
)
DETAILS = Container(
    "CINdetails",
    "Child/CINdetails",
    read=(
        "CINreferralDate",
        "ReferralSource",
        "PrimaryNeedCode",
        "CINclosureDate",
        "ReasonForClosure",
        "DateOfInitialCPC",
        "ReferralNFA",
    ),
    inner=("Assessments", "CINPlanDates", "Section47", "ChildProtectionPlans"),
)
ASSESSMENT = Container(
    "Assessments",
    "Child/CINdetails/Assessments",
    read=("AssessmentActualStartDate", "AssessmentAuthorisationDate"),
    known=("AssessmentInternalReviewDate", "AssessmentFactors"),
)
CIN_PLAN = Container("CINPlanDates", "Child/CINdetails/CINPlanDates", read=("CINPlanStartDate", "CINPlanEndDate"))
SECTION47 = Container(
    "Section47",
    "Child/CINdetails/Section47",
    read=("S47ActualStartDate", "DateOfInitialCPC", "ICPCnotRequired"),
    known=("InitialCPCtarget",),
)
CP_PLAN = Container(
    "ChildProtectionPlans",
    "Child/CINdetails/ChildProtectionPlans",
    read=("CPPstartDate", "CPPendDate", "InitialCategoryOfAbuse", "LatestCategoryOfAbuse", "NumberOfPreviousCPP"),
    known=("CPPreviewDate",),
)
CONTAINERS = {c.name: c for c in (HEADER, CHILD, DETAILS, ASSESSMENT, CIN_PLAN, SECTION47, CP_PLAN)}
SEVERAL = {"Disability"}  # elements that may come more than once in their container

# Elements that only group others: what is in them is read as if they were not there.
GROUPS = {
    "": ("Message", "Header", "CollectionDetails", "Source", "Children"),
    "Child": ("ChildIdentifiers", "ChildCharacteristics", "Disabilities"),
    "Assessments": ("FactorsIdentifiedAtAssessment",),
    "ChildProtectionPlans": ("Reviews",),
}
EVERY = {
    name.lower(): name
    for container in CONTAINERS.values()
    for name in (*container.read, *container.known, *container.inner, *GROUPS.get(container.name, ()))
}

SOURCES, NEEDS, CATEGORIES, ETHNICITIES = (frozenset(c) for c in (SOURCE, NEED, ABUSE, ETHNICITY))
REASONS = frozenset(EXIT_OF_CLOSURE)
SEXES = {"1": "M", "2": "F", "0": "U", "9": "U", "M": "M", "F": "F", "U": "U"}
FLAGS = {"true": True, "1": True, "yes": True, "y": True, "false": False, "0": False, "no": False, "n": False}
