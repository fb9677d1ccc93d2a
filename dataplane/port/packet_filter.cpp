#include "dataplane/port/packet_filter.h"

#include <linux/if_packet.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "dataplane/net/frame.h"

namespace dataplane {
namespace {

constexpr std::uint32_t kPass = 0x40000, kRefuse = 0;
constexpr std::uint32_t kIp = kEthernetHeader;

// Instructions in the order in which they run. Jumps reach over few instructions, so each test that can fail
// is followed by its own refusal.
class Program {
 public:
  void load8(std::uint32_t offset) { add(BPF_LD | BPF_B | BPF_ABS, offset); }
  void load16(std::uint32_t offset) { add(BPF_LD | BPF_H | BPF_ABS, offset); }
  void load32(std::uint32_t offset) { add(BPF_LD | BPF_W | BPF_ABS, offset); }
  void load_ipv4_length() { add(BPF_LDX | BPF_B | BPF_MSH, kIp); }
  void load16_behind_ipv4(std::uint32_t offset) { add(BPF_LD | BPF_H | BPF_IND, kIp + offset); }
  void finish(std::uint32_t verdict) { add(BPF_RET | BPF_K, verdict); }

  void finish_if_equal(std::uint32_t value, std::uint32_t verdict) { test(BPF_JEQ, value, 0, 1, verdict); }
  void finish_unless_equal(std::uint32_t value, std::uint32_t verdict) {
    test(BPF_JEQ, value, 1, 0, verdict);
  }
  void refuse_if_bits(std::uint32_t bits) { test(BPF_JSET, bits, 0, 1, kRefuse); }
  void refuse_below(std::uint32_t value) { test(BPF_JGE, value, 1, 0, kRefuse); }
  void refuse_above(std::uint32_t value) { test(BPF_JGT, value, 0, 1, kRefuse); }
  /// Skips the next `count` instructions unless equal.
  void skip_unless_equal(std::uint32_t value, std::size_t count) {
    add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, static_cast<std::uint8_t>(count));
  }
  /// Appends `block`, which is run only if the loaded value is `value`.
  void run_if_equal(std::uint32_t value, const Program& block) {
    add(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0);
    add(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(block.code_.size()));
    code_.insert(code_.end(), block.code_.begin(), block.code_.end());
  }
  [[nodiscard]] std::vector<sock_filter> take() && { return std::move(code_); }

 private:
  void add(int code, std::uint32_t k, std::uint8_t if_true = 0, std::uint8_t if_false = 0) {
    code_.push_back({static_cast<std::uint16_t>(code), if_true, if_false, k});
  }
  void test(int comparison, std::uint32_t value, std::uint8_t if_true, std::uint8_t if_false,
            std::uint32_t verdict) {
    add(BPF_JMP | comparison | BPF_K, value, if_true, if_false);
    finish(verdict);
  }
  std::vector<sock_filter> code_;
};

std::uint32_t word(const base::IpAddress& address, std::size_t index) {
  return base::load_be32(reinterpret_cast<const std::byte*>(address.octets.data()) + index * 4);
}

// Passes what is for one of the addresses of the family and refuses the rest.
void finish_by_address(Program& program, const FilterPlan& plan, base::IpFamily family) {
  if (plan.addresses.empty()) return program.finish(kPass);
  for (const auto& address : plan.addresses) {
    if (address.family != family) continue;
    const std::size_t words = address.size() / 4;
    const std::uint32_t offset = kIp + (family == base::IpFamily::kV4 ? 16 : 24);
    for (std::size_t i = 0; i < words; ++i) {
      program.load32(offset + static_cast<std::uint32_t>(i) * 4);
      program.skip_unless_equal(word(address, i), (words - 1 - i) * 2 + 1);
    }
    program.finish(kPass);
  }
  program.finish(kRefuse);
}

Program ipv4_block(const FilterPlan& plan) {
  Program program;
  if (plan.mode == AddressMode::kShared) {
    program.load8(kIp + 9);
    program.finish_unless_equal(kProtocolUdp, kRefuse);
    program.load16(kIp + 6);
    program.refuse_if_bits(0x1FFF);  // a later fragment has no UDP header to look at
    program.load_ipv4_length();
    program.load16_behind_ipv4(2);
    program.refuse_below(plan.port_min.number);
    program.refuse_above(plan.port_max.number);
  }
  finish_by_address(program, plan, base::IpFamily::kV4);
  return program;
}

Program ipv6_block(const FilterPlan& plan) {
  Program program;
  if (plan.mode == AddressMode::kShared) {
    program.load8(kIp + 6);
    program.finish_unless_equal(kProtocolUdp, kRefuse);
    program.load16(kIp + kIpv6Header + 2);
    program.refuse_below(plan.port_min.number);
    program.refuse_above(plan.port_max.number);
  } else {
    program.load8(kIp + 24);
    program.finish_if_equal(0xFF, kPass);  // multicast: solicitations, listener queries
  }
  finish_by_address(program, plan, base::IpFamily::kV6);
  return program;
}

}  // namespace

std::vector<sock_filter> build_filter(const FilterPlan& plan) {
  Program program;
  program.load8(static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE));
  program.finish_if_equal(PACKET_OUTGOING, kRefuse);
  program.load16(12);
  if (plan.mode == AddressMode::kOwned) program.finish_if_equal(kEtherTypeArp, kPass);
  program.run_if_equal(kEtherTypeIpv4, ipv4_block(plan));
  program.run_if_equal(kEtherTypeIpv6, ipv6_block(plan));
  program.finish(kRefuse);
  return std::move(program).take();
}

base::Result<void> attach_filter(std::span<const int> sockets, const FilterPlan& plan) {
  auto code = build_filter(plan);
  const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
  for (const int descriptor : sockets)
    if (::setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0)
      return base::Error{std::string{"packet filter refused: "} + std::strerror(errno)};
  return {};
}

}  // namespace dataplane
