#include "control/sip_service/operator_commands.h"

#include <fmt/format.h>

#include <iterator>

#include "control/call_log.h"
#include "control/routing/number_target.h"
#include "control/sip_service/arguments.h"

namespace control {
namespace {

using base::Error;
using Reply = base::Result<std::string>;
using Numbers = SqliteRouting::Numbers;

Reply usage() {
  return Error{"not understood; the SIP commands are\n" + std::string(kSipUsage)};
}

Reply done(const base::Result<void>& result) {
  if (!result) return result.error();
  return std::string{};
}

Reply removed(const base::Result<bool>& result, const std::string& name) {
  if (!result) return result.error();
  if (!*result) return Error{"there is no " + name};
  return std::string{};
}

std::string join(const std::vector<std::string>& parts) {
  return fmt::format("{}", fmt::join(parts, ","));
}

bool is_yes(const Arguments& a, std::string_view name, bool otherwise) {
  return a.has(name) ? a.value(name) == "yes" : otherwise;
}

Reply user(SipService& service, const Arguments& a) {
  auto& accounts = service.accounts();
  if (a.at(1) == "list") {
    std::string text;
    for (const auto& each : accounts.list()) {
      fmt::format_to(std::back_inserter(text), "{:<16} phones {} calls {} prefixes {}  {}\n", each.user,
                     service.registrar().bindings_of(each.user, base::MonotonicClock::now()).size(),
                     each.max_calls, each.allowed_prefixes.empty() ? "none" : join(each.allowed_prefixes),
                     each.display_name);
    }
    return text;
  }
  const auto name = a.at(2);
  if (name.empty()) return usage();
  if (a.at(1) == "del") return removed(accounts.remove(name), "user " + name);
  if (a.at(1) != "add" && a.at(1) != "passwd") return usage();
  const auto old = accounts.find(name);
  if (a.at(1) == "passwd" && !old) return Error{"there is no user " + name};
  if (a.at(1) == "passwd" && !a.has("password")) return Error{"passwd wants --password"};
  Account account = old.value_or(Account{});
  account.user = name;
  if (a.has("display")) account.display_name = a.value("display");
  if (a.has("prefixes")) account.allowed_prefixes = a.list("prefixes");
  const auto max_calls = a.number("max-calls", account.max_calls);
  if (!max_calls) return max_calls.error();
  account.max_calls = *max_calls;
  return done(accounts.put(account, a.value("password")));
}

Reply number(SipService& service, const Arguments& a, Numbers kind) {
  const auto& numbers = kind == Numbers::kDid ? service.table().dids : service.table().extensions;
  if (a.at(1) == "list") {
    std::string text;
    for (const auto& [number, target] : numbers)
      fmt::format_to(std::back_inserter(text), "{:<20} {}\n", number, print_number_target(target));
    return text;
  }
  if (a.at(2).empty()) return usage();
  if (a.at(1) == "del") return removed(service.routing().remove_number(kind, a.at(2)), "number " + a.at(2));
  if (a.at(1) != "add") return usage();
  const auto target = parse_number_target(a.at(3));
  if (!target) return target.error();
  return done(service.routing().put_number(kind, a.at(2), *target));
}

Reply group(SipService& service, const Arguments& a) {
  if (a.at(1) == "list") {
    std::string text;
    for (const auto& [name, members] : service.table().groups) {
      fmt::format_to(std::back_inserter(text), "{:<16} {} {}\n", name, join(members.users),
                     members.one_after_another ? "one after another" : "together");
    }
    return text;
  }
  if (a.at(2).empty()) return usage();
  if (a.at(1) == "del") return removed(service.routing().remove_group(a.at(2)), "group " + a.at(2));
  if (a.at(1) != "add" || !a.has("users")) return usage();
  return done(service.routing().put_group(a.at(2), {a.list("users"), is_yes(a, "hunt", false)}));
}

/// What is not said stays as it was.
base::Result<TrunkEntry> trunk_entry(SipService& service, const Arguments& a) {
  TrunkEntry entry;
  const auto old = service.table().trunks.find(a.at(2));
  if (old != service.table().trunks.end()) entry.trunk = old->second;
  for (const auto& identity : service.trunk_identities()) {
    if (identity.name == a.at(2)) entry.identity = identity;
  }
  entry.trunk.name = entry.identity.name = a.at(2);
  if (a.has("uri") || entry.trunk.uri.empty()) {
    const auto uri = sip::Uri::parse(a.value("uri"));
    if (!uri || !uri->is_sip() || !uri->user.empty())
      return Error{"--uri wants sip:HOST[:PORT][;transport=…]"};
    entry.trunk.uri = a.value("uri");
  }
  entry.trunk.may_dial_extensions = is_yes(a, "extensions", entry.trunk.may_dial_extensions);
  entry.identity.tls_name = a.value("tls-name", entry.identity.tls_name);
  if (a.has("from")) entry.identity.addresses.clear();
  for (const auto& text : a.list("from")) {
    const auto address = base::IpAddress::parse(text);
    if (!address) return Error{"--from: \"" + text + "\" is no IP address"};
    entry.identity.addresses.push_back(*address);
  }
  return entry;
}

base::Result<TrunkLogin> trunk_login(SipService& service, const Arguments& a) {
  TrunkLogin login;
  for (const auto& old : service.trunk_logins()) {
    if (old.trunk == a.at(2)) login = old;
  }
  login.trunk = a.at(2);
  auto& credentials = login.credentials;
  const bool is_other = a.has("user") || a.has("realm");
  credentials.user = a.value("user", credentials.user);
  credentials.realm = a.value("realm", credentials.realm);
  if (is_other || a.has("password")) {
    if (!a.has("password")) return Error{"--user and --realm want --password too (- reads it from stdin)"};
    credentials.password = a.value("password");
    credentials.ha1_md5.clear();
    credentials.ha1_sha256.clear();
  }
  login.registers = is_yes(a, "register", login.registers);
  if (login.registers && credentials.user.empty()) return Error{"--register wants --user and --password"};
  const auto expires = a.number("expires", login.expires),
             options = a.number("options", login.options_seconds);
  if (!expires) return expires.error();
  if (!options) return options.error();
  login.expires = std::max(60U, *expires);
  login.options_seconds = *options;
  return login;
}

Reply add_trunk(SipService& service, const Arguments& a) {
  const auto entry = trunk_entry(service, a);
  if (!entry) return entry.error();
  const auto login = trunk_login(service, a);
  if (!login) return login.error();
  if (auto put = service.routing().put_trunk(*entry); !put) return put.error();
  return done(service.routing().put_login(*login));
}

Reply trunk(SipService& service, const Arguments& a) {
  if (a.at(1) == "list") {
    std::string text;
    for (const auto& [name, each] : service.table().trunks) {
      std::vector<std::string> from;
      for (const auto& identity : service.trunk_identities()) {
        if (identity.name != name) continue;
        for (const auto& address : identity.addresses) from.push_back(address.to_string());
      }
      for (const auto& login : service.trunk_logins()) {
        if (login.trunk == name && login.registers) from.push_back("its registrar");
      }
      const auto state = service.trunks().describe(name);
      fmt::format_to(std::back_inserter(text), "{:<16} {}  calls from {}{}{}\n", name, each.uri,
                     from.empty() ? "nowhere" : join(from), each.enabled ? "" : "  disabled",
                     state.empty() ? state : "  " + state);
    }
    return text;
  }
  if (a.at(2).empty()) return usage();
  if (a.at(1) == "del") return removed(service.routing().remove_trunk(a.at(2)), "trunk " + a.at(2));
  return a.at(1) == "add" ? add_trunk(service, a) : usage();
}

Reply test_route(SipService& service, const Arguments& a, base::Instant now) {
  using Kind = AuthenticatedOrigin::Kind;
  const auto origin = a.has("trunk") ? AuthGate::pretend(Kind::kTrunk, a.value("trunk"))
                                     : AuthGate::pretend(Kind::kUser, a.value("from"));
  // Without a domain every host is ours, with one the first of them is.
  const auto host =
      service.table().domains.empty() ? std::string{"mediad.invalid"} : service.table().domains.front();
  const auto text = "sip:" + sip::escaped_user(a.at(2)) + '@' + host;
  const auto uri = sip::Uri::parse(text);
  if (!uri) return Error{"\"" + a.at(2) + "\" cannot be dialled"};
  const auto decision = service.b2bua().decide(origin, *uri, now);
  std::string reply = decision.why + '\n';
  if (const auto* refused = std::get_if<RefuseCall>(&decision.action)) {
    fmt::format_to(std::back_inserter(reply), "refused with {}\n", refused->status);
  }
  for (const auto& round : rounds_of(decision, host)) {
    for (const auto& place : round.places)
      fmt::format_to(std::back_inserter(reply), "rings {} at {}\n", place.name, printable(place.uri));
  }
  return reply;
}

Reply add_route(SipService& service, const Arguments& a) {
  const auto priority = a.number("priority", 0), weight = a.number("weight", 1), strip = a.number("strip", 0);
  for (const auto* each : {&priority, &weight, &strip}) {
    if (!*each) return each->error();
  }
  if (!service.table().trunks.contains(a.at(3))) return Error{"there is no trunk " + a.at(3)};
  return done(
      service.routing().put_route(a.at(2), {a.at(3), *priority, *weight}, *strip, a.value("prepend")));
}

Reply route_command(SipService& service, const Arguments& a, base::Instant now) {
  if (a.at(1) == "list") {
    std::string text;
    for (const auto& each : service.table().routes) {
      for (const auto& choice : each.choices) {
        fmt::format_to(std::back_inserter(text), "{:<12} {} priority {} weight {} strip {} prepend \"{}\"\n",
                       each.prefix, choice.trunk, choice.priority, choice.weight, each.strip, each.prepend);
      }
    }
    return text;
  }
  if (a.at(2).empty()) return usage();
  if (a.at(1) == "test") return test_route(service, a, now);
  if (a.at(1) == "del") return removed(service.routing().remove_route(a.at(2)), "route " + a.at(2));
  return a.at(1) == "add" ? add_route(service, a) : usage();
}

Reply registrations(SipService& service, base::Instant now) {
  std::string text;
  for (const auto& account : service.accounts().list()) {
    for (const auto& b : service.registrar().bindings_of(account.user, now)) {
      fmt::format_to(std::back_inserter(text), "{:<16} {} {} {}  {} s left  {}\n", account.user,
                     printable(b.contact), sip::via_name(b.flow.transport), b.flow.remote.to_string(),
                     (b.expires - now) / std::chrono::seconds{1}, printable(b.user_agent));
    }
  }
  for (const auto& login : service.trunk_logins()) {
    if (!login.registers) continue;
    fmt::format_to(std::back_inserter(text), "{:<16} ourselves as {}  {}\n", login.trunk,
                   login.credentials.user, service.trunks().describe(login.trunk));
  }
  return text;
}

Reply calls(SipService& service, base::Instant now) {
  std::string text;
  service.b2bua().for_each_call([&](const SipCall& call) {
    fmt::format_to(std::back_inserter(text), "{}  {} to {}  {}  {} s  {}\n", call.media_id(),
                   call.origin().name(), printable(call.dialled()),
                   call.is_answered() ? "answered by " + call.callee() : "ringing",
                   (now - call.started()) / std::chrono::seconds{1}, printable(call.call_id()));
  });
  return text;
}

/// Before the records of a disk full of them: all.
constexpr base::WallTime kEver{};

Reply records(const SipService& service, const Arguments& a, base::Instant now) {
  if (service.records() == nullptr) return Error{"calls are not recorded: cdr-database is empty"};
  const auto since =
      a.has("since") ? parse_since(a.value("since"), service.to_wall(now)) : std::optional{kEver};
  if (!since)
    return Error{"--since wants a date, a date and a time (2026-11-25T14:30), or an age (30m, 12h, 7d)"};
  if (a.at(1) == "list") return service.records()->list(*since);
  const auto after = a.number("after", 0);
  if (!after) return after.error();
  return a.at(1) == "export" ? service.records()->csv(*since, *after) : usage();
}

Reply dispatch(SipService& service, const Arguments& a, base::Instant now) {
  const auto name = a.at(0);
  if (name == "user") return user(service, a);
  if (name == "did") return number(service, a, Numbers::kDid);
  if (name == "ext") return number(service, a, Numbers::kExtension);
  if (name == "group") return group(service, a);
  if (name == "trunk") return trunk(service, a);
  if (name == "route") return route_command(service, a, now);
  if (name == "reg") return registrations(service, now);
  if (name == "sip-calls") return calls(service, now);
  if (name == "cdr") return records(service, a, now);
  if (name == "trace" && a.count() == 2) {
    auto ladder = service.b2bua().trace(a.at(1));
    if (!ladder) return Error{"no such call"};
    return *std::move(ladder);
  }
  return usage();
}

}  // namespace

base::Result<std::string> run_sip_command(SipService& service, const std::vector<std::string>& words,
                                          base::Instant now) {
  const auto arguments = Arguments::parse(
      words, {"password", "display",    "prefixes", "max-calls", "users",    "hunt",    "uri",     "from",
              "tls-name", "extensions", "user",     "realm",     "register", "expires", "options", "priority",
              "weight",   "strip",      "prepend",  "trunk",     "since",    "after"});
  if (!arguments) return arguments.error();
  auto reply = dispatch(service, *arguments, now);
  if (const auto verb = arguments->at(1); verb == "add" || verb == "del") service.reload_routing();
  return reply;
}

}  // namespace control
