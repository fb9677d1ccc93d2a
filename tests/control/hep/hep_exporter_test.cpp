#include "control/hep/hep_exporter.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/control/hep/hep_decoder.h"

namespace control {
namespace {

TEST(CallIdOf, FindsTheFieldByEitherName) {
  EXPECT_EQ(call_id_of("OPTIONS sip:a SIP/2.0\r\nVia: x\r\nCall-ID: a1@b\r\n\r\n"), "a1@b");
  EXPECT_EQ(call_id_of("OPTIONS sip:a SIP/2.0\r\ni : a1@b \r\n\r\n"), "a1@b");
  EXPECT_EQ(call_id_of("OPTIONS sip:a SIP/2.0\ncall-id:x\n\n"), "x");
  EXPECT_EQ(call_id_of("OPTIONS sip:a SIP/2.0\r\nVia: x\r\n\r\nCall-ID: body"), "");
  EXPECT_EQ(call_id_of("OPTIONS sip:a SIP/2.0\r\nCall-ID:\r\n\r\n"), "");
  EXPECT_EQ(call_id_of(""), "");
}

/// A capture server on loopback.
class Homer {
 public:
  Homer() : descriptor_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size);
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~Homer() { ::close(descriptor_); }
  Homer(const Homer&) = delete;
  Homer& operator=(const Homer&) = delete;

  [[nodiscard]] base::SocketAddress address() const {
    return *base::SocketAddress::parse("127.0.0.1:" + std::to_string(port_));
  }
  std::string receive() {
    std::string buffer(65536, '\0');
    const auto size = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    buffer.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return buffer;
  }

 private:
  int descriptor_;
  std::uint16_t port_{0};
};

TEST(HepExporter, TellsBothDirectionsApart) {
  Homer homer;
  auto exporter = HepExporter::open(
      {homer.address(), 7, {*base::SocketAddress::parse("192.0.2.1:5060")}, [](base::Instant at) {
         return base::WallTime{at.time_since_epoch()};
       }});
  ASSERT_TRUE(exporter);
  const sip::FlowId flow{sip::Transport::kTls, 0, 5, *base::SocketAddress::parse("198.51.100.7:40000")};
  const std::string text = "OPTIONS sip:a SIP/2.0\r\nCall-ID: a1@b\r\n\r\n";
  for (const bool sent : {false, true}) {
    (*exporter)->on_message(sent, flow, text, base::Instant{std::chrono::seconds{9}});
    const auto chunks = decode_hep(homer.receive());
    ASSERT_TRUE(chunks);
    EXPECT_EQ(big_endian(chunks->at(sent ? 7 : 8)), 5060U);
    EXPECT_EQ(big_endian(chunks->at(sent ? 8 : 7)), 40000U);
    EXPECT_EQ(big_endian(chunks->at(2)), 6U);
    EXPECT_EQ(big_endian(chunks->at(9)), 9U);
    EXPECT_EQ(chunks->at(15), text);
    EXPECT_EQ(chunks->at(17), "a1@b");
  }
  EXPECT_EQ((*exporter)->sent(), 2U);
  // A listener that it was not told of has no address to be shown.
  (*exporter)->on_message(true, {sip::Transport::kUdp, 1, 0, flow.remote}, text, base::Instant{});
  EXPECT_EQ(homer.receive(), "");
}

}  // namespace
}  // namespace control
