#include "codecs/simd/kernels.h"

namespace codecs::simd {

const Kernels& kernels_for(Target /*target*/) {
  return kScalarKernels;
}

const Kernels& kernels() {
  static const Kernels& table = kernels_for(selected());
  return table;
}

}  // namespace codecs::simd
