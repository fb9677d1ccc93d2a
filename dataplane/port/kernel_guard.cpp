#include "dataplane/port/kernel_guard.h"

#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "dataplane/port/command_line.h"
#include "mediad/base/log.h"

namespace dataplane {
namespace {

constexpr const char* kIptables = "/usr/sbin/iptables";
constexpr const char* kIp6tables = "/usr/sbin/ip6tables";
constexpr const char* kMark = "mediad";  // every rule of ours has a comment that starts with it
const std::string kLoSwitches = "/proc/sys/net/ipv4/conf/lo/";
const std::string kReserved = "/proc/sys/net/ipv4/ip_local_reserved_ports";
// Behind the mark and our process a rule's comment says what its instance changed beside it, so that whoever
// finds the rule of a killed one can undo that too: "mediad:4711:accept_local=0:reserved=20000-29999".
constexpr std::string_view kReservedWord = "reserved";

std::string first_line(const std::string& path) {
  std::string line;
  std::getline(std::ifstream{path}, line);
  return line;
}

// `list` without the one entry.
std::string without(const std::string& list, std::string_view entry) {
  std::string rest;
  std::istringstream entries{list};
  for (std::string each; std::getline(entries, each, ',');)
    if (each != entry) rest += (rest.empty() ? "" : ",") + each;
  return rest;
}

void undo(const std::string& comment) {
  std::istringstream parts{comment};
  for (std::string part; std::getline(parts, part, ':');) {
    const auto equals = part.find('=');
    if (equals == std::string::npos) continue;
    const auto name = part.substr(0, equals);
    const auto value = part.substr(equals + 1);
    if (name == kReservedWord) {
      std::ofstream{kReserved} << without(first_line(kReserved), value) << '\n';
    } else if (name == "accept_local" || name == "route_localnet") {
      std::ofstream{kLoSwitches + name} << value << '\n';
    } else {
      continue;
    }
    spdlog::warn("kernel switch of a killed instance restored name={} value={}", name, value);
  }
}

std::vector<std::string> command_of(const std::vector<std::string>& rule, const char* action) {
  // -w: wait for whoever else is changing tables.
  std::vector<std::string> command{rule[0], "-w", "-t", "raw", action, "PREROUTING"};
  command.insert(command.end(), rule.begin() + 1, rule.end());
  return command;
}

// The words of a line of `iptables -S`, without quotation marks; our own rules have no blanks inside of them.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream stream{line};
  for (std::string word; stream >> word;) {
    std::erase(word, '"');
    words.push_back(word);
  }
  return words;
}

bool has_pair(const std::vector<std::string>& words, const char* option, const std::string& value,
              bool prefix) {
  const auto found = std::find(words.begin(), words.end(), option);
  if (found == words.end() || found + 1 == words.end()) return false;
  return prefix ? (found + 1)->starts_with(value) : *(found + 1) == value;
}

void remove_stale(const char* program, const std::string& interface) {
  const auto listed = run_program({program, "-w", "-t", "raw", "-S", "PREROUTING"});
  if (!listed) return;  // no table, no rules
  std::istringstream lines{*listed};
  for (std::string line; std::getline(lines, line);) {
    const auto words = words_of(line);
    if (words.size() < 3 || words[0] != "-A" || !has_pair(words, "-i", interface, false) ||
        !has_pair(words, "--comment", kMark, true))
      continue;
    std::vector<std::string> rule{program};
    rule.insert(rule.end(), words.begin() + 2, words.end());
    if (!run_program(command_of(rule, "-D"))) continue;
    spdlog::warn("stale kernel rule removed rule=\"{}\"", line);
    undo(*(std::find(words.begin(), words.end(), "--comment") + 1));
  }
}

}  // namespace

base::Result<std::unique_ptr<KernelGuard>> KernelGuard::raise(const std::vector<GuardedInterface>& interfaces,
                                                              base::UdpPort port_min,
                                                              base::UdpPort port_max) {
  std::unique_ptr<KernelGuard> guard{new KernelGuard};
  for (const auto& interface : interfaces) {
    remove_stale(kIptables, interface.name);
    remove_stale(kIp6tables, interface.name);
  }
  if (!interfaces.empty()) guard->reserve(port_min, port_max);
  for (const auto& interface : interfaces) {
    if (interface.name == "lo") guard->believe_own_addresses();
    if (auto dropped = guard->drop_media(interface, port_min, port_max); !dropped) return dropped.error();
  }
  return guard;
}

KernelGuard::~KernelGuard() {
  for (const auto& rule : rules_) {
    const auto removed = run_program(command_of(rule, "-D"));
    if (!removed) spdlog::error("kernel rule not removed: {}", removed.error().text);
  }
  for (const auto& [path, before] : switches_) {
    std::ofstream{path} << before << '\n';
    spdlog::info("kernel switch restored path={} value={}", path, before);
  }
}

// Frames that we put on lo come from an address of the kernel's own, or from 127/8, and it would not believe
// them.
void KernelGuard::believe_own_addresses() {
  for (const char* name : {"accept_local", "route_localnet"}) {
    if (set_switch(kLoSwitches + name, "1"))
      lo_switches_ += fmt::format(":{}={}", name, switches_.back().second);
  }
}

base::Result<void> KernelGuard::drop_media(const GuardedInterface& interface, base::UdpPort port_min,
                                           base::UdpPort port_max) {
  for (const auto& address : interface.addresses) {
    Rule rule{
        address.is_v4() ? kIptables : kIp6tables,
        "-i",
        interface.name,
        "-d",
        address.to_string(),
        "-p",
        "udp",
        "-m",
        "udp",
        "--dport",
        fmt::format("{}:{}", port_min.number, port_max.number),
        "-m",
        "comment",
        "--comment",
        fmt::format("{}:{}{}{}", kMark, ::getpid(), reserved_, interface.name == "lo" ? lo_switches_ : ""),
        "-j",
        "DROP"};
    if (auto added = add(std::move(rule)); !added) return added;
  }
  return {};
}

base::Result<void> KernelGuard::add(Rule rule) {
  const auto added = run_program(command_of(rule, "-A"));
  if (!added) return base::Error{"media ports not shielded from the kernel: " + added.error().text};
  spdlog::info("kernel rule set rule=\"{}\"", fmt::join(rule, " "));
  rules_.push_back(std::move(rule));
  return {};
}

void KernelGuard::reserve(base::UdpPort port_min, base::UdpPort port_max) {
  const auto others = first_line(kReserved);
  const auto range = fmt::format("{}-{}", port_min.number, port_max.number);
  if (others.find(range) != std::string::npos) return;  // by the operator
  if (set_switch(kReserved, others.empty() ? range : others + ',' + range))
    reserved_ = fmt::format(":{}={}", kReservedWord, range);
}

bool KernelGuard::set_switch(const std::string& path, const std::string& value) {
  if (!std::ifstream{path}) return false;  // this kernel has no such switch
  const auto before = first_line(path);
  if (before == value) return false;
  std::ofstream{path} << value << '\n';
  spdlog::info("kernel switch set path={} value={} before={}", path, value, before);
  switches_.emplace_back(path, before);
  return true;
}

}  // namespace dataplane
