#pragma once
/// \file
/// Makes a target's Kernels of the templates. Included by one source file a target, built with that target's
/// flags.

#include "codecs/g729/lanes/analyse.h"
#include "codecs/g729/lanes/decode.h"
#include "codecs/g729/lanes/encode.h"

namespace codecs::g729::lanes {

template <class L>
constexpr Kernels make_kernels() {
  return {L::kLanes,
          [](const DecodeLane* lanes, int count) noexcept {
            DecodeBatch<L> batch;
            return batch.run(lanes, count);
          },
          [](const AnalysisLane* lanes, int count) noexcept {
            AnalysisBatch<L> batch;
            return batch.run(lanes, count);
          },
          [](const EncodeLane* lanes, int count) noexcept {
            EncodeBatch<L> batch;
            return batch.run(lanes, count);
          }};
}

}  // namespace codecs::g729::lanes
