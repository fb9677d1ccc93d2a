// The engine over real sockets, on the loopback of a network namespace of its own.

#include "control/sip/sip_engine.h"

#include <gtest/gtest.h>

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <deque>
#include <filesystem>
#include <functional>

#include "control/sip/resolve/locate.h"
#include "tests/control/sip/private_network.h"
#include "tests/control/sip/test_certificate.h"

namespace control::sip {
namespace {

namespace asio = boost::asio;

/// What the locator makes of numbers, and places of the test's choosing for names.
class TestResolver final : public Resolver {
 public:
  void resolve(const std::string& uri, Done done) override {
    if (const auto at = places.find(uri); at != places.end()) return done(at->second);
    done(Locator(uri, {}, [](std::uint32_t) { return 0U; }).destinations());
  }
  std::map<std::string, std::vector<Destination>> places;
};

/// An engine whose user answers every request with 200 and keeps all events.
class Peer final : public SipUser {
 public:
  explicit Peer(asio::io_context& loop, const SipEngineOptions& options = {})
      : engine(loop, resolver, options) {
    engine.set_user(*this);
  }
  void on_event(Event event, base::Instant) override {
    if (const auto* request = std::get_if<Request>(&event)) {
      engine.respond(request->txn, {.status = status, .reason = "", .to_tag = "t"});
    }
    events.push_back(std::move(event));
  }
  template <typename E>
  const E* last() const {
    for (auto it = events.rbegin(); it != events.rend(); ++it) {
      if (const auto* e = std::get_if<E>(&*it)) return e;
    }
    return nullptr;
  }
  [[nodiscard]] int response() const { return last<Response>() ? last<Response>()->message.status() : 0; }
  TxnId options(Target target, std::size_t padding = 0) {
    OutgoingRequest request;
    request.method = "OPTIONS";
    request.uri = target.uri.empty() ? "sip:peer" : target.uri;
    request.headers.add(HeaderId::kFrom, "<sip:a@x.org>;tag=1").add(HeaderId::kTo, "<sip:b@x.org>");
    request.headers.add(HeaderId::kCallId, engine.new_token()).add(HeaderId::kCSeq, "1 OPTIONS");
    request.headers.add("X-Padding", std::string(padding, 'x'));
    return engine.request(std::move(request), std::move(target));
  }

  TestResolver resolver;
  SipEngine engine;
  std::deque<Event> events;
  std::uint16_t status{200};
};

class SipEngineTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const bool entered = enter_private_network();
    is_private_ = entered;
  }
  void SetUp() override {
    if (!is_private_) GTEST_SKIP() << "no network namespace";
  }
  static Listen listen_on(Transport transport, std::uint16_t port) {
    Listen listen;
    listen.transport = transport;
    listen.address = {base::IpAddress::v4(127, 0, 0, 1), {port}};
    if (is_secure(transport)) {
      static const std::string prefix = [] {
        auto path = (std::filesystem::temp_directory_path() / ("sip_engine_test." + std::to_string(getpid())))
                        .string();
        write_test_certificate(path);
        return path;
      }();
      listen.certificate_file = prefix + ".crt";
      listen.key_file = prefix + ".key";
      listen.ca_file = prefix + ".crt";
    }
    return listen;
  }
  static void listen(Peer& peer, Transport transport, std::uint16_t port) {
    const auto bound = peer.engine.listen(listen_on(transport, port));
    ASSERT_TRUE(bound) << bound.error().text;
  }
  /// Runs the loop until the condition holds; a hang is a failure, not a wait.
  void run_until(const std::function<bool()>& condition) {
    const auto end = base::MonotonicClock::now() + std::chrono::seconds(10);
    while (!condition() && base::MonotonicClock::now() < end)
      loop_.run_one_for(std::chrono::milliseconds(50));
    EXPECT_TRUE(condition());
  }

  asio::io_context loop_{1};
  static inline bool is_private_ = false;
};

TEST_F(SipEngineTest, AnswersOverUdp) {
  Peer a(loop_), b(loop_);
  listen(a, Transport::kUdp, 5060);
  listen(b, Transport::kUdp, 5070);
  a.options(Target::to("sip:127.0.0.1:5070"));
  run_until([&] { return a.response() == 200; });
  EXPECT_EQ(b.last<Request>()->message.top_via().host, "127.0.0.1");
  EXPECT_EQ(b.engine.local_name(b.last<Request>()->flow), "127.0.0.1:5070");
}

TEST_F(SipEngineTest, ATapSeesBothDirections) {
  struct Tap final : MessageTap {
    void on_message(bool sent, const FlowId& flow, std::string_view octets, base::Instant) override {
      ladder += std::string(sent ? "> " : "< ") + std::to_string(flow.remote.port.number) + ' ' +
                std::string(octets.substr(0, 11)) + '\n';
    }
    std::string ladder;
  } tap;
  SipEngineOptions options;
  options.tap = &tap;
  Peer a(loop_, options), b(loop_);
  listen(a, Transport::kUdp, 5060);
  listen(b, Transport::kUdp, 5070);
  a.options(Target::to("sip:127.0.0.1:5070"));
  run_until([&] { return a.response() == 200; });
  EXPECT_EQ(tap.ladder, "> 5070 OPTIONS sip\n< 5070 SIP/2.0 200\n");
}

TEST_F(SipEngineTest, UnfinishedConnectionsAreClosed) {
  SipEngineOptions options;
  options.flow_limits.half_message = base::Duration{0};
  options.flow_limits.handshake = base::Duration{0};
  Peer b(loop_, options);
  listen(b, Transport::kTcp, 5070);
  listen(b, Transport::kTls, 5071);
  listen(b, Transport::kWs, 5080);
  std::vector<asio::ip::tcp::socket> sockets;
  for (const std::uint16_t port : {5070, 5071, 5080}) {
    sockets.emplace_back(loop_);
    sockets.back().connect({asio::ip::make_address("127.0.0.1"), port});
  }
  asio::write(sockets[0], asio::buffer(std::string("OPTIONS sip:half")));
  // The sweep comes once a second.
  run_until([&] { return b.engine.flow_counters().connections_expired == 3; });
}

TEST_F(SipEngineTest, TcpConnectionServesBothWays) {
  Peer a(loop_), b(loop_);
  listen(a, Transport::kTcp, 5060);
  listen(b, Transport::kTcp, 5070);
  a.options(Target::to("sip:127.0.0.1:5070;transport=tcp"), 5000);
  run_until([&] { return a.response() == 200; });
  const FlowId flow = b.last<Request>()->flow;
  EXPECT_EQ(b.last<FlowUp>()->flow, flow);
  b.options(Target::over(flow));
  run_until([&] { return b.response() == 200; });
  a.engine.close(a.last<Response>()->flow);
  run_until([&] { return b.last<FlowDown>() != nullptr; });
  EXPECT_EQ(b.last<FlowDown>()->flow, flow);
  b.options(Target::over(flow));
  run_until([&] { return b.last<TxnFailed>() != nullptr; });
  EXPECT_EQ(b.last<TxnFailed>()->cause, TxnFailed::Cause::kFlowGone);
}

TEST_F(SipEngineTest, TlsVerifiesTheName) {
  Peer a(loop_), b(loop_);
  listen(a, Transport::kTls, 5061);
  listen(b, Transport::kTls, 5071);
  const base::SocketAddress address{base::IpAddress::v4(127, 0, 0, 1), {5071}};
  a.resolver.places["sips:right"] = {{Transport::kTls, address, "localhost"}};
  a.resolver.places["sips:wrong"] = {{Transport::kTls, address, "bank.example"}};
  a.options(Target::to("sips:right"));
  run_until([&] { return a.response() == 200; });
  // A listener with a CA asks for the client's certificate too: so is a trunk known by its name.
  EXPECT_EQ(b.last<Request>()->tls_name, "localhost");
  a.options(Target::to("sips:wrong"));
  run_until([&] { return a.last<TxnFailed>() != nullptr; });
  EXPECT_EQ(a.last<TxnFailed>()->cause, TxnFailed::Cause::kTransport);
}

TEST_F(SipEngineTest, GoesOnToTheNextPlace) {
  Peer a(loop_), b(loop_), c(loop_);
  listen(a, Transport::kTcp, 5060);
  listen(b, Transport::kTcp, 5070);
  listen(c, Transport::kTcp, 5080);
  b.status = 503;
  const auto place = [](std::uint16_t port) {
    return Destination{Transport::kTcp, {base::IpAddress::v4(127, 0, 0, 1), {port}}, {}};
  };
  a.resolver.places["sip:trunk.example"] = {place(9), place(5070), place(5080)};  // nobody, overloaded, good
  const auto id = a.options(Target::to("sip:trunk.example"));
  run_until([&] { return a.response() == 200; });
  EXPECT_EQ(a.last<Response>()->txn, id);
  EXPECT_NE(b.last<Request>(), nullptr);
  EXPECT_NE(c.last<Request>(), nullptr);
  EXPECT_EQ(a.last<TxnFailed>(), nullptr);
}

// RFC 3261 §18.1.1.
TEST_F(SipEngineTest, ALargeRequestGoesByTcpWhereItCan) {
  Peer a(loop_), b(loop_), c(loop_);
  for (const auto transport : {Transport::kUdp, Transport::kTcp}) {
    listen(a, transport, 5060);
    listen(b, transport, 5070);
  }
  listen(c, Transport::kUdp, 5080);
  a.options(Target::to("sip:127.0.0.1:5070"), 100);
  run_until([&] { return b.last<Request>() != nullptr; });
  EXPECT_EQ(b.last<Request>()->flow.transport, Transport::kUdp);
  run_until([&] { return a.response() == 200; });
  a.events.clear();
  b.events.clear();
  a.options(Target::to("sip:127.0.0.1:5070"), 1300);
  run_until([&] { return a.response() == 200; });
  EXPECT_EQ(b.last<Request>()->flow.transport, Transport::kTcp);
  EXPECT_EQ(b.last<Request>()->message.top_via().transport, "TCP");
  a.events.clear();
  a.options(Target::to("sip:127.0.0.1:5080"), 1300);  // nobody listens there on TCP
  run_until([&] { return a.response() == 200; });
  EXPECT_EQ(c.last<Request>()->flow.transport, Transport::kUdp);
}

TEST_F(SipEngineTest, NowhereToGoIsAFailure) {
  Peer a(loop_);
  listen(a, Transport::kTcp, 5060);
  a.resolver.places["sip:nowhere.example"] = {};
  a.options(Target::to("sip:nowhere.example"));
  run_until([&] { return a.last<TxnFailed>() != nullptr; });
  EXPECT_EQ(a.last<TxnFailed>()->cause, TxnFailed::Cause::kUnresolved);
  a.events.clear();
  a.options(Target::to("sip:127.0.0.1:9;transport=tcp"));
  run_until([&] { return a.last<TxnFailed>() != nullptr; });
  EXPECT_EQ(a.last<TxnFailed>()->cause, TxnFailed::Cause::kTransport);
}

TEST_F(SipEngineTest, AStreamWithoutALengthIsAnsweredAndClosed) {
  Peer b(loop_);
  listen(b, Transport::kTcp, 5070);
  asio::ip::tcp::socket socket(loop_);
  socket.connect({asio::ip::make_address("127.0.0.1"), 5070});
  asio::write(socket,
              asio::buffer(std::string(
                  "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\n"
                  "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n")));
  std::string answer;
  bool closed = false;
  asio::async_read(socket, asio::dynamic_buffer(answer), [&](auto, auto) { closed = true; });
  run_until([&] { return closed; });
  EXPECT_TRUE(answer.starts_with("SIP/2.0 400 Missing Content-Length\r\n")) << answer;
}

TEST_F(SipEngineTest, ConnectionsOfOneSourceAreLimited) {
  SipEngineOptions options;
  options.flow_limits.connections_per_source = 2;
  Peer b(loop_, options);
  listen(b, Transport::kTcp, 5070);
  std::vector<asio::ip::tcp::socket> sockets;
  for (int i = 0; i < 4; ++i) {
    sockets.emplace_back(loop_);
    sockets.back().connect({asio::ip::make_address("127.0.0.1"), 5070});
  }
  run_until([&] { return b.engine.flow_counters().connections_refused == 2; });
  EXPECT_EQ(b.events.size(), 2U);
  sockets[0].close();
  run_until([&] { return b.last<FlowDown>() != nullptr; });
}

TEST_F(SipEngineTest, ServesWebSockets) {
  Peer b(loop_);
  listen(b, Transport::kWs, 5080);
  namespace websocket = boost::beast::websocket;
  websocket::stream<asio::ip::tcp::socket> socket(loop_);
  socket.next_layer().connect({asio::ip::make_address("127.0.0.1"), 5080});
  socket.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
    request.set(boost::beast::http::field::sec_websocket_protocol, "chat, sip");
  }));
  bool open = false;
  websocket::response_type upgrade;
  socket.async_handshake(upgrade, "localhost", "/", [&](auto error) { open = !error; });
  run_until([&] { return open; });
  EXPECT_EQ(upgrade[boost::beast::http::field::sec_websocket_protocol], "sip");

  const std::string ping = "\r\n\r\n";
  const std::string options =
      "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bK1\r\nFrom: "
      "<sip:a@b>;tag=1\r\n"
      "To: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n";
  boost::beast::flat_buffer input;
  bool read = false;
  socket.write(asio::buffer(ping));
  socket.async_read(input, [&](auto error, auto) { read = !error; });
  run_until([&] { return read; });
  EXPECT_EQ(boost::beast::buffers_to_string(input.data()), "\r\n");
  input.clear();
  read = false;
  socket.write(asio::buffer(options));
  socket.async_read(input, [&](auto error, auto) { read = !error; });
  run_until([&] { return read; });
  EXPECT_TRUE(boost::beast::buffers_to_string(input.data())
                  .starts_with("SIP/2.0 200 OK\r\nVia: SIP/2.0/WS df7jal23ls0d.invalid;"));
  // The browser is called back over its own connection.
  b.options(Target::over(b.last<Request>()->flow));
  input.clear();
  read = false;
  socket.async_read(input, [&](auto error, auto) { read = !error; });
  run_until([&] { return read; });
  EXPECT_TRUE(boost::beast::buffers_to_string(input.data())
                  .starts_with("OPTIONS sip:peer SIP/2.0\r\nVia: SIP/2.0/WS 127.0.0.1:5080;"));
}

TEST_F(SipEngineTest, RefusesOtherSubprotocols) {
  Peer b(loop_);
  listen(b, Transport::kWs, 5080);
  namespace websocket = boost::beast::websocket;
  websocket::stream<asio::ip::tcp::socket> socket(loop_);
  socket.next_layer().connect({asio::ip::make_address("127.0.0.1"), 5080});
  bool refused = false;
  socket.async_handshake("localhost", "/", [&](auto error) { refused = error.failed(); });
  run_until([&] { return refused; });
  EXPECT_TRUE(b.events.empty() || b.last<FlowUp>() == nullptr);
}

TEST_F(SipEngineTest, AWildcardNeedsAName) {
  Peer a(loop_);
  Listen any;
  any.address = {base::IpAddress::v4(0, 0, 0, 0), {5060}};
  EXPECT_FALSE(a.engine.listen(any));
  any.advertised = "sip.example.com";
  EXPECT_TRUE(a.engine.listen(any));
}

}  // namespace
}  // namespace control::sip
