// c-ares on the event loop against a name server of the test, on the loopback of a network namespace of its
// own.

#include "control/sip/resolve/dns_resolver.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <map>

#include "mediad/base/clock.h"
#include "tests/control/sip/private_network.h"

namespace control::sip {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;

constexpr std::uint16_t kA = 1, kSrv = 33, kNaptr = 35;

void append16(std::string& to, std::uint16_t v) {
  to += static_cast<char>(v >> 8);
  to += static_cast<char>(v & 255);
}

std::string wire_name(const std::string& name) {
  std::string wire;
  for (std::size_t at = 0; at < name.size();) {
    const auto end = std::min(name.find('.', at), name.size());
    wire += static_cast<char>(end - at);
    wire += name.substr(at, end - at);
    at = end + 1;
  }
  return wire + '\0';
}

std::string text(const std::string& t) {
  return static_cast<char>(t.size()) + t;
}

std::string srv(std::uint16_t priority, std::uint16_t weight, std::uint16_t port, const std::string& target) {
  std::string data;
  for (const auto v : {priority, weight, port}) append16(data, v);
  return data + wire_name(target);
}

std::string naptr(std::uint16_t order, const std::string& service, const std::string& replacement) {
  std::string data;
  append16(data, order);
  append16(data, 10);
  return data + text("s") + text(service) + text("") + wire_name(replacement);
}

/// Answers from a table of (type, name); what is not in it does not exist.
class NameServer {
 public:
  explicit NameServer(asio::io_context& loop) : socket_(loop, {asio::ip::make_address("127.0.0.1"), 5353}) {
    receive();
  }

  std::multimap<std::pair<std::uint16_t, std::string>, std::string> records;
  int questions{0};
  bool silent{false};

 private:
  void receive() {
    socket_.async_receive_from(asio::buffer(buffer_), from_, [this](auto error, std::size_t size) {
      if (error) return;
      ++questions;
      if (!silent) answer({buffer_.data(), size});
      receive();
    });
  }

  void answer(std::string_view query) {
    std::string name;
    std::size_t at = 12;
    for (; query[at] != 0; at += static_cast<std::size_t>(query[at]) + 1) {
      name +=
          (name.empty() ? "" : ".") + std::string(query.substr(at + 1, static_cast<std::size_t>(query[at])));
    }
    const auto type = static_cast<std::uint16_t>(static_cast<unsigned char>(query[at + 1]) << 8 |
                                                 static_cast<unsigned char>(query[at + 2]));
    const auto [begin, end] = records.equal_range({type, name});
    std::string reply(query.substr(0, 2));
    append16(reply, begin == end ? 0x8183 : 0x8180);
    append16(reply, 1);
    append16(reply, static_cast<std::uint16_t>(std::distance(begin, end)));
    append16(reply, 0);
    append16(reply, 0);
    reply += query.substr(12, at + 5 - 12);
    for (auto each = begin; each != end; ++each) {
      append16(reply, 0xC00C);
      append16(reply, type);
      append16(reply, 1);
      append16(reply, 0);
      append16(reply, 60);
      append16(reply, static_cast<std::uint16_t>(each->second.size()));
      reply += each->second;
    }
    socket_.send_to(asio::buffer(reply), from_);
  }

  udp::socket socket_;
  udp::endpoint from_;
  std::array<char, 1024> buffer_;
};

class DnsResolverTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { is_private_ = enter_private_network(); }
  void SetUp() override {
    if (!is_private_) GTEST_SKIP() << "no network namespace";
  }

  std::vector<Destination> resolve(const std::string& uri) {
    auto resolver = DnsResolver::create(loop_, {}, "127.0.0.1:5353");
    EXPECT_TRUE(resolver);
    std::optional<std::vector<Destination>> found;
    (*resolver)->resolve(uri, [&](std::vector<Destination> places) { found = std::move(places); });
    const auto end = base::MonotonicClock::now() + std::chrono::seconds(10);
    while (!found && base::MonotonicClock::now() < end) loop_.run_one_for(std::chrono::milliseconds(50));
    EXPECT_TRUE(found);
    return found.value_or(std::vector<Destination>{});
  }

  static Destination place(Transport transport, std::uint8_t host, std::uint16_t port,
                           const std::string& tls_name = "") {
    return {transport, {base::IpAddress::v4(192, 0, 2, host), {port}}, tls_name};
  }

  asio::io_context loop_{1};
  static inline bool is_private_ = false;
};

using Places = std::vector<Destination>;

TEST_F(DnsResolverTest, GoesFromNaptrToSrvToAddresses) {
  NameServer server(loop_);
  server.records = {{{kNaptr, "example.test"}, naptr(20, "SIP+D2U", "_sip._udp.example.test")},
                    {{kNaptr, "example.test"}, naptr(10, "SIPS+D2T", "_sips._tcp.example.test")},
                    {{kSrv, "_sips._tcp.example.test"}, srv(1, 0, 5061, "a.example.test")},
                    {{kSrv, "_sip._udp.example.test"}, srv(2, 0, 5062, "a.example.test")},
                    {{kSrv, "_sip._udp.example.test"}, srv(1, 0, 5060, "b.example.test")},
                    {{kA, "a.example.test"}, std::string("\xC0\x00\x02\x01", 4)},
                    {{kA, "b.example.test"}, std::string("\xC0\x00\x02\x02", 4)}};
  EXPECT_EQ(resolve("sip:u@example.test"),
            (Places{place(Transport::kTls, 1, 5061, "example.test"), place(Transport::kUdp, 2, 5060),
                    place(Transport::kUdp, 1, 5062)}));
}

TEST_F(DnsResolverTest, FallsBackToTheAddressAndSaysWhenThereIsNone) {
  NameServer server(loop_);
  server.records = {{{kA, "plain.test"}, std::string("\xC0\x00\x02\x07", 4)}};
  EXPECT_EQ(resolve("sip:u@plain.test"), Places{place(Transport::kUdp, 7, 5060)});
  EXPECT_EQ(resolve("sip:u@nothing.test"), Places{});
}

TEST_F(DnsResolverTest, NumbersNeedNoServer) {
  EXPECT_EQ(resolve("sip:u@192.0.2.1:5070;transport=tcp"), Places{place(Transport::kTcp, 1, 5070)});
}

TEST_F(DnsResolverTest, MayBeGivenUpWhileItWaits) {
  NameServer server(loop_);
  server.silent = true;
  auto resolver = DnsResolver::create(loop_, {}, "127.0.0.1:5353");
  ASSERT_TRUE(resolver);
  (*resolver)->resolve("sip:u@example.test", [](const auto&) { FAIL(); });
  while (server.questions == 0) loop_.run_one();
  resolver->reset();
  loop_.run_for(std::chrono::milliseconds(20));
}

TEST_F(DnsResolverTest, RefusesBadServers) {
  EXPECT_FALSE(DnsResolver::create(loop_, {}, "not a server"));
}

}  // namespace
}  // namespace control::sip
