#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>

#include "control/admin/http_server.h"
#include "control/admin/unix_server.h"
#include "tests/control/call_fixture.h"

namespace control::admin {
namespace {

namespace asio = boost::asio;
using testing::HasSubstr;
using testing::StartsWith;

/// Writes `request` on a connected socket and runs the loop until `until` has been read.
template <typename Socket>
std::string exchange(asio::io_context& io, Socket& socket, const std::string& request,
                     const std::string& until) {
  std::string reply;
  asio::write(socket, asio::buffer(request));
  asio::async_read_until(socket, asio::dynamic_buffer(reply), until,
                         [&io](const auto& /*error*/, std::size_t /*size*/) { io.stop(); });
  io.restart();
  io.run_for(std::chrono::seconds{5});
  return reply;
}

class ServersTest : public CallServiceTest {
 protected:
  ServersTest()
      : path(std::filesystem::temp_directory_path() / ("mediad_test_" + std::to_string(::getpid()))) {}
  asio::io_context io;
  std::string path;
  Commands commands{{*service,
                     "1.2.3",
                     kStart,
                     [](base::Instant at) { return base::WallTime{at.time_since_epoch()}; },
                     {}}};
};

TEST_F(ServersTest, AConversationOverTheUnixSocket) {
  {
    const auto server = UnixServer::start(io, path, commands);
    ASSERT_TRUE(server) << server.error().text;
    struct stat file {};
    ASSERT_EQ(::stat(path.c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0077U, 0U) << "nobody else may talk to it";
    asio::local::stream_protocol::socket client{io};
    client.connect(path);
    EXPECT_THAT(exchange(io, client, "{\"command\":\"status\"}\n", "\n"), HasSubstr("1.2.3"));
    EXPECT_THAT(exchange(io, client, "nonsense\n", "\n"), HasSubstr("error"));
    const auto second = UnixServer::start(io, path, commands);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().text, HasSubstr("another daemon answers there"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(ServersTest, WhatAKilledDaemonLeftIsReplaced) {
  { asio::local::stream_protocol::acceptor dead{io, path}; }
  ASSERT_TRUE(std::filesystem::exists(path));
  EXPECT_TRUE(UnixServer::start(io, path, commands));
}

TEST_F(ServersTest, HttpPages) {
  const auto server = HttpServer::start(io, {base::IpAddress::v4(127, 0, 0, 1), base::UdpPort{0}},
                                        [] { return std::string{"mediad_sessions 1\n"}; });
  ASSERT_TRUE(server) << server.error().text;
  asio::ip::tcp::socket client{io};
  client.connect({asio::ip::make_address("127.0.0.1"), (*server)->local_address().port.number});
  const auto metrics = exchange(io, client, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "sessions 1\n");
  EXPECT_THAT(metrics, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(metrics, HasSubstr("version=0.0.4"));
  EXPECT_THAT(exchange(io, client, "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n", "pong\n"),
              StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(exchange(io, client, "GET /x HTTP/1.1\r\nHost: x\r\n\r\n", "/ping\n"),
              StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(
      exchange(io, client, "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "\r\n\r\n"),
      StartsWith("HTTP/1.1 405"));
}

}  // namespace
}  // namespace control::admin
