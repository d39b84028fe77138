"""The mistakes that the suite must notice: each was made somewhere by somebody, or would be the obvious simplification."""

from tests.mutants.in_calls import IN_CALLS
from tests.mutants.in_doubts import IN_DOUBTS
from tests.mutants.in_the_database import IN_THE_DATABASE
from tests.mutants.in_what_comes_in import IN_WHAT_COMES_IN
from tests.mutants.in_whether import IN_WHETHER
from tests.mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (*IN_THE_DATABASE, *IN_CALLS, *IN_DOUBTS, *IN_WHAT_COMES_IN, *IN_WHETHER)
