#include "codecs/g729/lanes/instance.h"

namespace codecs::g729::lanes {

constinit const Kernels kAvx512Kernels = make_kernels<Avx512>();

}  // namespace codecs::g729::lanes
