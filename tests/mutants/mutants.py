"""The mistakes that the suite must notice: each was made somewhere by somebody, or would be the obvious simplification."""

from tests.mutants.in_approvals import IN_APPROVALS
from tests.mutants.in_calls import IN_CALLS
from tests.mutants.in_doubts import IN_DOUBTS
from tests.mutants.in_the_database import IN_THE_DATABASE
from tests.mutants.in_what_clients_see import IN_WHAT_CLIENTS_SEE
from tests.mutants.in_what_comes_in import IN_WHAT_COMES_IN
from tests.mutants.in_whether import IN_WHETHER
from tests.mutants.mutant import Mutant

BY_TESTS_ALONE: tuple[Mutant, ...] = (*IN_WHETHER, *IN_APPROVALS, *IN_WHAT_CLIENTS_SEE)
"""What the rules say is no part of what the fault suite plays."""
MUTANTS: tuple[Mutant, ...] = (*IN_THE_DATABASE, *IN_CALLS, *IN_DOUBTS, *IN_WHAT_COMES_IN, *BY_TESTS_ALONE)
