// zlib as it is. Nothing needs wrapping but the size of its state, which inflateInit2, a macro, would give.
#include <zlib.h>
