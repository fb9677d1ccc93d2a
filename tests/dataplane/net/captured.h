#pragma once
/// \file
/// Frames as Linux put them on a veth pair: 02:00:00:00:00:0a is 192.0.2.1 and 2001:db8::1, 02:00:00:00:00:0b
/// is 192.0.2.2 and 2001:db8::2.

#include <cstddef>
#include <string_view>
#include <vector>

#include "dataplane/api/mac_address.h"
#include "mediad/base/byte_io.h"

namespace dataplane {

inline std::vector<std::byte> from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::vector<std::byte> octets;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    octets.push_back(static_cast<std::byte>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  return octets;
}

inline constexpr MacAddress kMacA{2, 0, 0, 0, 0, 0x0A}, kMacB{2, 0, 0, 0, 0, 0x0B};

// 192.0.2.1:4000 -> 192.0.2.2:20000, TOS 0xb8, "mediad-odd" and "odd" (an odd number of octets).
inline constexpr std::string_view kUdp4 =
    "02000000000b02000000000a080045b80026aabd400040110b4ec0000201c0000202"
    "0fa04e20001258ff6d65646961642d6f6464";
inline constexpr std::string_view kUdp4Odd =
    "02000000000b02000000000a080045b8001faabe400040110b54c0000201c0000202"
    "0fa04e20000b4aaf6f6464";
// [2001:db8::1]:4000 -> [2001:db8::2]:20000, traffic class 0xb8, "mediad six"; with a flow label.
inline constexpr std::string_view kUdp6 =
    "02000000000b02000000000a86dd6b8750cc0012114020010db800000000000000000000000120010db800000000000000000000"
    "0002"
    "0fa04e20001289766d656469616420736978";
inline constexpr std::string_view kArpRequest =
    "ffffffffffff02000000000a0806000108000604000102000000000ac0000201000000000000c0000202";
inline constexpr std::string_view kArpReply =
    "02000000000a02000000000b0806000108000604000202000000000bc000020202000000000ac0000201";
inline constexpr std::string_view kSolicitation =
    "3333ff00000202000000000a86dd6000000000203aff20010db8000000000000000000000001ff0200000000000000000001ff00"
    "0002"
    "87001c1e0000000020010db8000000000000000000000002010102000000000a";
inline constexpr std::string_view kAdvertisement =
    "02000000000a02000000000b86dd6000000000203aff20010db800000000000000000000000220010db800000000000000000000"
    "0001"
    "88008a686000000020010db8000000000000000000000002020102000000000b";
// A probe for duplicates of 2001:db8::2, with a nonce option.
inline constexpr std::string_view kDuplicateProbe =
    "3333ff00000202000000000b86dd6000000000203aff00000000000000000000000000000000ff0200000000000000000001ff00"
    "0002"
    "87006e660000000020010db80000000000000000000000020e01b6a24b47ce91";
// A report of two groups; ours reports one.
inline constexpr std::string_view kListenerReport =
    "33330000001602000000000a86dd6000000000380001fe80000000000000000000fffe00000aff02000000000000000000000000"
    "0016"
    "3a000502000001008f006fda0000000204000000ff0200000000000000000001ff00000a04000000ff0200000000000000000001"
    "ff000001";
inline constexpr std::string_view kPortUnreachable =
    "02000000000a02000000000b080045d8003b330000004001c2e6c0000202c0000201"
    "0303811d0000000045b8001faabe400040110b54c0000201c00002020fa04e20000b4aaf6f6464";

}  // namespace dataplane
