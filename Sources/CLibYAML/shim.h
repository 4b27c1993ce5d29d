// libyaml as it is. Nothing needs wrapping: every function that the scenario reader calls has fixed arity.
#include <yaml.h>
