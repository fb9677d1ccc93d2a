/// \file
/// A bad wire for tests: passes frames between two interfaces and loses, delays, reorders or doubles some of
/// the UDP datagrams between high ports (media). Everything else passes untouched. The kernel here has no
/// netem.
///
/// usage: impair --a IF --b IF [--loss P] [--burst N] [--jitter MS] [--duplicate P] [--seed N]
/// P are probabilities 0..1, both ways alike; jitter is uniform 0..MS, so packets overtake each other when it
/// is larger than their distance. Runs until SIGTERM; then prints what it did.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/program_options.hpp>
#include <iostream>
#include <queue>
#include <random>
#include <vector>

#include "mediad/base/byte_io.h"
#include "mediad/base/clock.h"

namespace {

namespace po = boost::program_options;
using std::chrono::milliseconds;

constexpr std::uint16_t kFirstMediaPort = 10000;

volatile sig_atomic_t stopping = 0;

struct Impairments {
  double loss{0};
  int burst{1};  ///< packets lost at a time
  double duplicate{0};
  double jitter_ms{0};
};

struct Delayed {
  base::Instant due;
  std::uint64_t order;  ///< keeps equal due times in order
  int to;
  std::vector<std::byte> frame;
  bool operator>(const Delayed& other) const {
    return std::tie(due, order) > std::tie(other.due, other.order);
  }
};

int open_interface(const std::string& name) {
  const int fd = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ALL));
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(::if_nametoindex(name.c_str()));
  packet_mreq promiscuous{};
  promiscuous.mr_ifindex = address.sll_ifindex;
  promiscuous.mr_type = PACKET_MR_PROMISC;
  const int on = 1;
  if (fd < 0 || address.sll_ifindex == 0 ||
      ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous) != 0 ||
      ::setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0) {
    std::cerr << "impair: cannot open " << name << '\n';
    ::exit(1);
  }
  return fd;
}

bool is_media(base::Octets frame) {
  if (frame.size() < 42 || base::load_be16(&frame[12]) != ETH_P_IP || base::load_u8(&frame[23]) != 17)
    return false;
  const auto udp = 14U + (base::load_u8(&frame[14]) & 15U) * 4U;
  return frame.size() >= udp + 8 && base::load_be16(&frame[udp]) >= kFirstMediaPort &&
         base::load_be16(&frame[udp + 2]) >= kFirstMediaPort;
}

class Wire {
 public:
  Wire(Impairments impairments, unsigned seed) : impairments_(impairments), random_(seed) {}

  void take(base::Octets frame, int to, base::Instant now) {
    if (!is_media(frame)) return send(frame, to);
    ++media_;
    if (lose()) {
      ++lost_;
      return;
    }
    hold(frame, to, now);
    if (chance(impairments_.duplicate)) {
      ++doubled_;
      hold(frame, to, now);
    }
  }

  void release(base::Instant now) {
    for (; !held_.empty() && held_.top().due <= now; held_.pop()) send(held_.top().frame, held_.top().to);
  }

  [[nodiscard]] int wait_ms(base::Instant now) const {
    if (held_.empty()) return 100;
    return static_cast<int>(std::max<std::int64_t>(0, (held_.top().due - now).count() / 1'000'000)) + 1;
  }

  void report() const { std::cout << fmt::format("media {} lost {} doubled {}\n", media_, lost_, doubled_); }

 private:
  bool chance(double p) { return p > 0 && std::uniform_real_distribution<>{}(random_) < p; }

  bool lose() {
    if (burst_left_ > 0) {
      --burst_left_;
      return true;
    }
    // A burst of N begins with P/N, so that P is the share of packets lost.
    if (!chance(impairments_.loss / impairments_.burst)) return false;
    burst_left_ = impairments_.burst - 1;
    return true;
  }

  void hold(base::Octets frame, int to, base::Instant now) {
    if (impairments_.jitter_ms <= 0) return send(frame, to);
    const std::chrono::duration<double, std::milli> delay{
        std::uniform_real_distribution<>{0, impairments_.jitter_ms}(random_)};
    held_.push({now + std::chrono::duration_cast<base::Duration>(delay),
                order_++,
                to,
                {frame.begin(), frame.end()}});
  }

  static void send(base::Octets frame, int to) { (void)!::write(to, frame.data(), frame.size()); }

  Impairments impairments_;
  std::mt19937 random_;
  std::priority_queue<Delayed, std::vector<Delayed>, std::greater<>> held_;
  std::uint64_t order_{0}, media_{0}, lost_{0}, doubled_{0};
  int burst_left_{0};
};

void run(Wire& wire, std::array<int, 2> sides) {
  std::array<std::byte, 65536> buffer;
  while (stopping == 0) {
    std::array<pollfd, 2> polled{{{sides[0], POLLIN, 0}, {sides[1], POLLIN, 0}}};
    ::poll(polled.data(), polled.size(), wire.wait_ms(base::MonotonicClock::now()));
    for (std::size_t side = 0; side < 2; ++side) {
      for (;;) {
        const auto size = ::recv(sides[side], buffer.data(), buffer.size(), 0);
        if (size <= 0) break;
        wire.take({buffer.data(), static_cast<std::size_t>(size)}, sides[1 - side],
                  base::MonotonicClock::now());
      }
    }
    wire.release(base::MonotonicClock::now());
  }
}

}  // namespace

int main(int argc, char** argv) {
  Impairments impairments;
  unsigned seed = 1;
  std::string a, b;
  po::options_description options{"impair"};
  options.add_options()("a", po::value(&a)->required())("b", po::value(&b)->required())(
      "loss", po::value(&impairments.loss))("burst", po::value(&impairments.burst))(
      "duplicate", po::value(&impairments.duplicate))("jitter", po::value(&impairments.jitter_ms))(
      "seed", po::value(&seed));
  try {
    po::variables_map values;
    po::store(po::parse_command_line(argc, argv, options), values);
    po::notify(values);
  } catch (const po::error& e) {
    std::cerr << e.what() << '\n' << options;
    return 1;
  }
  struct sigaction action {};
  action.sa_handler = [](int) { stopping = 1; };
  ::sigaction(SIGTERM, &action, nullptr);
  Wire wire{impairments, seed};
  const std::array sides{open_interface(a), open_interface(b)};
  std::cout << "ready" << std::endl;
  run(wire, sides);
  wire.report();
  return 0;
}
