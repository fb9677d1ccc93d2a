#include "control/ng/udp_server.h"

#include <boost/asio/ip/udp.hpp>

#include "control/socket_address.h"
#include "tests/control/call_fixture.h"

namespace control::ng {
namespace {

using boost::asio::ip::udp;

class UdpServerTest : public CallServiceTest {
 protected:
  /// Asks a server that listens on `bound` by its address `target`; gives what comes back, from there only.
  std::string ask(const char* bound, const char* target, std::string_view datagram) {
    boost::asio::io_context io;
    FrontEnd front_end{*service, [](base::Instant at) { return base::WallTime{at.time_since_epoch()}; },
                       kStart};
    auto server = UdpServer::start(io, {*base::IpAddress::parse(bound), base::UdpPort{0}}, front_end);
    if (!server) return server.error().text;
    const udp::endpoint endpoint{to_asio(*base::IpAddress::parse(target)),
                                 (*server)->local_address().port.number};
    udp::socket client{io, endpoint.protocol()};
    client.connect(endpoint);
    client.send(boost::asio::buffer(datagram));
    std::array<char, 2048> reply;
    std::size_t size = 0;
    client.async_receive(boost::asio::buffer(reply), [&](const auto&, std::size_t n) {
      size = n;
      io.stop();
    });
    io.run_for(std::chrono::seconds{5});
    return {reply.data(), size};
  }
};

TEST_F(UdpServerTest, AnswersFromTheAddressThatWasAsked) {
  constexpr std::string_view kPing = "1_1 d7:command4:pinge";
  EXPECT_EQ(ask("127.0.0.1", "127.0.0.1", kPing), "1_1 d6:result4:ponge");
  // Bound to all; a connected socket hears only the address that it asked.
  EXPECT_EQ(ask("0.0.0.0", "127.0.0.2", kPing), "1_1 d6:result4:ponge");
}

TEST_F(UdpServerTest, AnswersOverIpv6) {
  const auto reply = ask("::", "::1", "1_1 d7:command4:pinge");
  if (reply.find("cannot listen") != std::string::npos) GTEST_SKIP() << reply;
  EXPECT_EQ(reply, "1_1 d6:result4:ponge");
}

TEST_F(UdpServerTest, AnAddressThatIsNotOursIsAnErrorThatNamesIt) {
  const auto reply = ask("192.0.2.77", "127.0.0.1", "x");
  EXPECT_EQ(reply.substr(0, 38), "cannot listen for ng on 192.0.2.77:0: ");
}

}  // namespace
}  // namespace control::ng
