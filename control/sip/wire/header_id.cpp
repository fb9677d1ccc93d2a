#include "control/sip/wire/header_id.h"

#include <array>
#include <cstddef>

#include "control/sip/wire/chars.h"

namespace control::sip {
namespace {

struct Entry {
  std::string_view name;
  char compact;
};

// In the order of HeaderId.
constexpr std::array<Entry, 53> kHeaders{{
    {"", 0},
    {"Accept", 0},
    {"Allow", 0},
    {"Alert-Info", 0},
    {"Authorization", 0},
    {"Call-ID", 'i'},
    {"Contact", 'm'},
    {"Content-Disposition", 0},
    {"Content-Encoding", 'e'},
    {"Content-Length", 'l'},
    {"Content-Type", 'c'},
    {"CSeq", 0},
    {"Date", 0},
    {"Diversion", 0},
    {"Event", 'o'},
    {"Expires", 0},
    {"Flow-Timer", 0},
    {"From", 'f'},
    {"History-Info", 0},
    {"Identity", 'y'},
    {"Max-Forwards", 0},
    {"Min-Expires", 0},
    {"Min-SE", 0},
    {"P-Asserted-Identity", 0},
    {"P-Preferred-Identity", 0},
    {"Path", 0},
    {"Privacy", 0},
    {"Proxy-Authenticate", 0},
    {"Proxy-Authorization", 0},
    {"Proxy-Require", 0},
    {"RAck", 0},
    {"Reason", 0},
    {"Record-Route", 0},
    {"Refer-To", 'r'},
    {"Referred-By", 'b'},
    {"Replaces", 0},
    {"Require", 0},
    {"Retry-After", 0},
    {"Route", 0},
    {"RSeq", 0},
    {"Server", 0},
    {"Service-Route", 0},
    {"Session-Expires", 'x'},
    {"Subject", 's'},
    {"Subscription-State", 0},
    {"Supported", 'k'},
    {"Timestamp", 0},
    {"To", 't'},
    {"Unsupported", 0},
    {"User-Agent", 0},
    {"Via", 'v'},
    {"Warning", 0},
    {"WWW-Authenticate", 0},
}};

constexpr std::size_t kSlots = 256;

constexpr std::size_t hash(std::string_view name) {
  std::uint32_t h = 2166136261U;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c | 0x20)) * 16777619U;
  return (h ^ (h >> 15)) % kSlots;
}

constexpr std::array<std::uint8_t, kSlots> make_slots() {
  std::array<std::uint8_t, kSlots> slots{};
  for (std::size_t id = 1; id < kHeaders.size(); ++id) {
    std::size_t slot = hash(kHeaders[id].name);
    while (slots[slot] != 0) slot = (slot + 1) % kSlots;
    slots[slot] = static_cast<std::uint8_t>(id);
  }
  return slots;
}

constexpr auto kSlotOf = make_slots();

constexpr std::array<std::uint8_t, 26> make_compact() {
  std::array<std::uint8_t, 26> ids{};
  for (std::size_t id = 1; id < kHeaders.size(); ++id) {
    if (kHeaders[id].compact != 0)
      ids[static_cast<std::size_t>(kHeaders[id].compact - 'a')] = static_cast<std::uint8_t>(id);
  }
  return ids;
}

constexpr auto kCompact = make_compact();

}  // namespace

HeaderId header_id_of(std::string_view name) {
  if (name.size() == 1) {
    const char c = lower(name.front());
    return c >= 'a' && c <= 'z' ? static_cast<HeaderId>(kCompact[static_cast<std::size_t>(c - 'a')])
                                : HeaderId::kOther;
  }
  if (name.size() > 24) return HeaderId::kOther;
  for (std::size_t slot = hash(name); kSlotOf[slot] != 0; slot = (slot + 1) % kSlots) {
    if (equal_ignoring_case(kHeaders[kSlotOf[slot]].name, name)) return static_cast<HeaderId>(kSlotOf[slot]);
  }
  return HeaderId::kOther;
}

std::string_view name_of(HeaderId id) {
  return kHeaders[static_cast<std::size_t>(id)].name;
}

}  // namespace control::sip
