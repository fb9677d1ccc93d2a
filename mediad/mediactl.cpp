// mediactl: asks the running daemon over its Unix socket and prints the reply for people.
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "mediad/base/result.h"
#include "mediad/ctl_print.h"

namespace {

using Json = nlohmann::ordered_json;
using Protocol = boost::asio::local::stream_protocol;

constexpr std::string_view kDefaultSocket = "/run/mediad/mediad.sock";
constexpr std::string_view kUsage = R"(usage: mediactl [--socket PATH] [--json] COMMAND

  status        what runs, since when, with how many calls and free ports
  calls         one line a call
  call ID       a call with all its streams, counters and drop reasons
  explain ID    for each direction, in a sentence, whether media flows and if not, why
  kill ID       ends a call at once
  drain         no new calls from now on, and the daemon ends after the last or at drain-timeout;
                resume takes that back
  top           workers and rates, every second until interrupted

with listen-sip:
  user add|passwd|del NAME, user list        --password P --display D --prefixes 00,01 --max-calls N
  did add NUMBER TARGET, did del|list        TARGET is user:NAME, group:NAME or trunk:NAME:NUMBER
  ext add NUMBER TARGET, ext del|list
  group add NAME, group del|list             --users a,b --hunt yes
  trunk add NAME, trunk del|list             --uri sip:HOST --from IP,IP --tls-name NAME --extensions yes
                                             --user U --password P --realm R: our login there; --register yes,
                                             --expires S; --options S: seconds between keep-alives
  route add PREFIX TRUNK, route del|list     --priority N --weight N --strip N --prepend DIGITS
  route test NUMBER                          where it would go and why; --from USER or --trunk NAME
  reg           registered phones
  sip-calls     SIP calls
  trace ID      the SIP ladder of a call
  cdr list      the last calls that are over        --since 2026-11-25T14:30, or an age: 30m, 12h, 7d
  cdr export    all of them as CSV                  --since …

--password - reads the password from standard input, where nobody else sees it.
)";

/// Commands whose words go to the daemon as they are.
constexpr std::string_view kSipCommands[] = {"user",  "did", "ext",       "group", "trunk",
                                             "route", "reg", "sip-calls", "trace", "cdr"};

class Client {
 public:
  static base::Result<Client> connect(const std::string& path) {
    Client client;
    boost::system::error_code error;
    client.socket_.connect(Protocol::endpoint{path}, error);
    if (error) return base::Error{"cannot reach mediad at " + path + ": " + error.message()};
    return client;
  }

  base::Result<Json> ask(const Json& request) {
    boost::system::error_code error;
    boost::asio::write(socket_, boost::asio::buffer(request.dump() + '\n'), error);
    if (!error) boost::asio::read_until(socket_, boost::asio::dynamic_buffer(reply_), '\n', error);
    if (error) return base::Error{"mediad went away: " + error.message()};
    auto reply = Json::parse(std::exchange(reply_, {}), nullptr, false);
    if (!reply.is_object()) return base::Error{"mediad's reply is not understood"};
    if (reply.value("result", "") != "ok") return base::Error{reply.value("error-reason", "unknown error")};
    return reply;
  }

 private:
  std::unique_ptr<boost::asio::io_context> io_ = std::make_unique<boost::asio::io_context>();
  Protocol::socket socket_{*io_};
  std::string reply_;
};

struct Arguments {
  std::string socket{kDefaultSocket};
  bool json{false};
  std::string command, call_id;
  std::vector<std::string> words;  ///< of a SIP command
};

/// The word of `--password -` or `--password=-` becomes the first line of standard input.
base::Result<void> read_password(std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool is_next = words[i] == "-" && i > 0 && words[i - 1] == "--password";
    if (!is_next && words[i] != "--password=-") continue;
    std::string line;
    if (!std::getline(std::cin, line) || line.empty())
      return base::Error{"no password came from standard input"};
    words[i] = is_next ? line : "--password=" + line;
  }
  return {};
}

base::Result<Arguments> parse(const std::vector<std::string>& words) {
  Arguments arguments;
  std::vector<std::string> rest;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--json") {
      arguments.json = true;
    } else if (words[i] == "--socket") {
      if (++i == words.size()) return base::Error{"--socket wants a path"};
      arguments.socket = words[i];
    } else {
      rest.push_back(words[i]);
    }
  }
  if (rest.empty()) return base::Error{"no command"};
  arguments.command = rest[0];
  if (std::find(std::begin(kSipCommands), std::end(kSipCommands), rest[0]) != std::end(kSipCommands)) {
    arguments.command = "sip";
    if (auto read = read_password(rest); !read) return read.error();
    if (rest[0] == "cdr") std::erase(rest, "--csv");  // there is no other format
    arguments.words = std::move(rest);
    return arguments;
  }
  const bool wants_id = rest[0] == "call" || rest[0] == "explain" || rest[0] == "kill";
  if (rest.size() != (wants_id ? 2U : 1U)) {
    return base::Error{wants_id ? rest[0] + " wants one call-id" : "too many words"};
  }
  if (wants_id) arguments.call_id = rest[1];
  return arguments;
}

/// One picture a second; rates are differences of two of them.
base::Result<void> run_top(Client& client) {
  Json before;
  for (;;) {
    const auto now = client.ask({{"command", "top"}});
    if (!now) return now.error();
    if (!before.is_null()) {
      fmt::print("\x1b[H\x1b[2J{}", mediad::print_top(before, *now));
      std::fflush(stdout);
    }
    before = *now;
    std::this_thread::sleep_for(std::chrono::seconds{1});
  }
}

/// Page by page: each begins after the number that the last line of the page before begins with.
base::Result<void> run_export(Client& client, std::vector<std::string> words) {
  words.insert(words.end(), {"--after", "0"});
  for (;;) {
    const auto reply = client.ask({{"command", "sip"}, {"words", words}});
    if (!reply) return reply.error();
    const auto page = mediad::print_reply("sip", *reply);
    if (page.empty()) return {};
    fmt::print("{}", page);
    const auto last = page.rfind('\n', page.size() - 2);
    words.back() = page.substr(last + 1, page.find(',', last + 1) - last - 1);
  }
}

base::Result<void> run(const Arguments& arguments) {
  auto client = Client::connect(arguments.socket);
  if (!client) return client.error();
  if (arguments.command == "top" && !arguments.json) return run_top(*client);
  if (arguments.words.size() > 1 && arguments.words[0] == "cdr" && arguments.words[1] == "export")
    return run_export(*client, arguments.words);
  Json request{{"command", arguments.command}};
  if (!arguments.call_id.empty()) request["call-id"] = arguments.call_id;
  if (!arguments.words.empty()) request["words"] = arguments.words;
  const auto reply = client->ask(request);
  if (!reply) return reply.error();
  fmt::print("{}", arguments.json ? reply->dump(2) + "\n" : mediad::print_reply(arguments.command, *reply));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 1 && (words[0] == "--help" || words[0] == "-h")) {
    fmt::print("{}", kUsage);
    return 0;
  }
  const auto arguments = parse(words);
  if (!arguments) {
    fmt::print(stderr, "mediactl: {}\n{}", arguments.error().text, kUsage);
    return 2;
  }
  if (const auto done = run(*arguments); !done) {
    fmt::print(stderr, "mediactl: {}\n", done.error().text);
    return 1;
  }
  return 0;
}
