#include "codecs/registry.h"

#include <algorithm>
#include <array>

#include "codecs/bcg729_codec.h"
#include "codecs/fmtp.h"
#include "codecs/format.h"
#include "codecs/g711.h"
#include "codecs/g722.h"
#include "codecs/g729_codec.h"
#include "codecs/l16.h"
#include "codecs/opus_codec.h"

namespace codecs {
namespace {

/// The codecs of this process. Each is immutable; only the choice of the G.729 engine is made at start.
struct Registry {
  OpusCodec opus;
  G711Codec pcmu{G711Codec::Law::kMu};
  G711Codec pcma{G711Codec::Law::kA};
  G722Codec g722;
  G729Codec native_g729;
  Bcg729Codec bcg729;
  L16Codec l16_wide{{16000}, 1};
  L16Codec l16_full{{48000}, 1};
  L16Codec l16_narrow{{8000}, 1};
  L16Codec l16_wide_stereo{{16000}, 2};
  L16Codec l16_full_stereo{{48000}, 2};
  L16Codec l16_narrow_stereo{{8000}, 2};

  const Codec* g729{&native_g729};
  std::array<const Codec*, 11> list{&opus,
                                    &g722,
                                    &pcma,
                                    &pcmu,
                                    g729,
                                    &l16_wide,
                                    &l16_full,
                                    &l16_narrow,
                                    &l16_wide_stereo,
                                    &l16_full_stereo,
                                    &l16_narrow_stereo};
};

Registry& registry() {
  static Registry instance;
  return instance;
}

struct StaticRow {
  std::uint8_t payload_type;
  Format format;
};

/// RFC 3551 tables 4 and 5, without the reserved and unassigned numbers.
const std::array kStaticFormats{
    StaticRow{0, {"PCMU", {8000}, 1, {}}},   StaticRow{3, {"GSM", {8000}, 1, {}}},
    StaticRow{4, {"G723", {8000}, 1, {}}},   StaticRow{5, {"DVI4", {8000}, 1, {}}},
    StaticRow{6, {"DVI4", {16000}, 1, {}}},  StaticRow{7, {"LPC", {8000}, 1, {}}},
    StaticRow{8, {"PCMA", {8000}, 1, {}}},   StaticRow{9, {"G722", {8000}, 1, {}}},
    StaticRow{10, {"L16", {44100}, 2, {}}},  StaticRow{11, {"L16", {44100}, 1, {}}},
    StaticRow{12, {"QCELP", {8000}, 1, {}}}, StaticRow{13, {"CN", {8000}, 1, {}}},
    StaticRow{14, {"MPA", {90000}, 1, {}}},  StaticRow{15, {"G728", {8000}, 1, {}}},
    StaticRow{16, {"DVI4", {11025}, 1, {}}}, StaticRow{17, {"DVI4", {22050}, 1, {}}},
    StaticRow{18, {"G729", {8000}, 1, {}}},  StaticRow{25, {"CelB", {90000}, 1, {}}},
    StaticRow{26, {"JPEG", {90000}, 1, {}}}, StaticRow{28, {"nv", {90000}, 1, {}}},
    StaticRow{31, {"H261", {90000}, 1, {}}}, StaticRow{32, {"MPV", {90000}, 1, {}}},
    StaticRow{33, {"MP2T", {90000}, 1, {}}}, StaticRow{34, {"H263", {90000}, 1, {}}},
};

/// The engines that may speak G.729, the default first.
struct Engine {
  std::string_view name;
  const Codec* codec;
};
std::array<Engine, 2> g729_engines() {
  return {{{"native", &registry().native_g729}, {"bcg729", &registry().bcg729}}};
}

}  // namespace

void select_engines(const EngineOptions& options) {
  const auto engines = g729_engines();
  const auto found = std::ranges::find(engines, options.g729_engine, &Engine::name);
  const Codec* chosen = found == engines.end() ? engines.front().codec : found->codec;
  std::ranges::replace(registry().list, registry().g729, chosen);
  registry().g729 = chosen;
}

std::span<const Codec* const> all() {
  return registry().list;
}

const Codec* find(const Format& format) {
  const auto found = std::ranges::find_if(all(), [&](const Codec* codec) {
    const CodecInfo& info = codec->info();
    return info.clock_rate == format.clock_rate && info.rtpmap_channels == format.channels &&
           equal_fold(info.encoding, format.encoding);
  });
  return found == all().end() ? nullptr : *found;
}

const Codec* find(std::string_view encoding) {
  const auto found = std::ranges::find_if(
      all(), [&](const Codec* codec) { return equal_fold(codec->info().encoding, encoding); });
  return found == all().end() ? nullptr : *found;
}

const Format* static_format(std::uint8_t payload_type) {
  const auto found = std::ranges::find(kStaticFormats, payload_type, &StaticRow::payload_type);
  return found == kStaticFormats.end() ? nullptr : &found->format;
}

bool is_telephone_event(const Format& format) {
  return equal_fold(format.encoding, "telephone-event");
}

bool is_comfort_noise(const Format& format) {
  return equal_fold(format.encoding, "CN");
}

}  // namespace codecs
