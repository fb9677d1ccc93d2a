#include "codecs/g729/lanes/instance.h"

namespace codecs::g729::lanes {

constinit const Kernels kSse41Kernels = make_kernels<Sse41>();

}  // namespace codecs::g729::lanes
