#include "codecs/g729/lanes/instance.h"

namespace codecs::g729::lanes {

constinit const Kernels kAvx2Kernels = make_kernels<Avx2>();

}  // namespace codecs::g729::lanes
