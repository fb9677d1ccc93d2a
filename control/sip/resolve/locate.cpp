#include "control/sip/resolve/locate.h"

#include <algorithm>
#include <utility>

#include "control/sip/wire/chars.h"

namespace control::sip {
namespace {

constexpr std::uint16_t default_port(Transport t) {
  return is_secure(t) ? 5061 : 5060;
}

std::optional<Transport> transport_of_param(std::string_view value) {
  if (equal_ignoring_case(value, "udp")) return Transport::kUdp;
  if (equal_ignoring_case(value, "tcp")) return Transport::kTcp;
  if (equal_ignoring_case(value, "tls")) return Transport::kTls;
  return std::nullopt;
}

std::optional<Transport> transport_of_service(std::string_view service) {
  if (equal_ignoring_case(service, "SIP+D2U")) return Transport::kUdp;
  if (equal_ignoring_case(service, "SIP+D2T")) return Transport::kTcp;
  if (equal_ignoring_case(service, "SIPS+D2T")) return Transport::kTls;
  return std::nullopt;
}

std::string_view srv_prefix(Transport t) {
  return t == Transport::kUdp ? "_sip._udp." : t == Transport::kTcp ? "_sip._tcp." : "_sips._tcp.";
}

}  // namespace

std::vector<SrvRecord> order_srv(std::vector<SrvRecord> records,
                                 const std::function<std::uint32_t(std::uint32_t)>& draw) {
  std::stable_sort(records.begin(), records.end(), [](const SrvRecord& a, const SrvRecord& b) {
    // Weight 0 goes first within its priority, so that it has its small chance (RFC 2782).
    return std::pair{a.priority, a.weight != 0} < std::pair{b.priority, b.weight != 0};
  });
  for (std::size_t first = 0; first < records.size(); ++first) {
    std::uint32_t sum = 0;
    std::size_t end = first;
    while (end < records.size() && records[end].priority == records[first].priority)
      sum += records[end++].weight;
    const std::uint32_t mark = draw(sum);
    std::uint32_t running = 0;
    for (std::size_t i = first; i < end; ++i) {
      running += records[i].weight;
      if (running < mark) continue;
      std::rotate(records.begin() + static_cast<std::ptrdiff_t>(first),
                  records.begin() + static_cast<std::ptrdiff_t>(i),
                  records.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      break;
    }
  }
  return records;
}

Locator::Locator(std::string_view text, const UsableTransports& usable, Draw draw)
    : usable_(usable), draw_(std::move(draw)) {
  begin(text);
}

void Locator::begin(std::string_view text) {
  const auto uri = Uri::parse(text);
  if (!uri || !uri->is_sip()) return;
  // RFC 3263 §4: TARGET is maddr if there is one.
  const auto target = uri->param("maddr").value_or(uri->host);
  domain_ = target;
  tls_name_ = uri->host;
  secure_ = uri->scheme == Uri::Scheme::kSips;
  fixed_port_ = uri->port;
  auto transport = transport_of_param(uri->param("transport").value_or(std::string_view{}));
  if (transport && secure_) transport = Transport::kTls;
  const auto address = address_of_host(target);
  // §4.1: a number or a port leaves nothing to choose.
  if (!transport && (address || uri->port)) transport = secure_ ? Transport::kTls : Transport::kUdp;
  if (address) {
    addresses_[domain_] = {*address};
    return use_host(*transport, domain_, uri->port.value_or(default_port(*transport)));
  }
  if (uri->port) return use_host(*transport, domain_, *uri->port);
  if (transport) return use_srv(*transport, std::string(srv_prefix(*transport)) + domain_);
  wants_naptr_ = true;
}

void Locator::use_host(Transport transport, std::string name, std::uint16_t port) {
  if (usable_.has(transport) && hosts_.size() < kMaxDestinations)
    hosts_.push_back({transport, std::move(name), port});
}

/// §4.1: without NAPTR records each usable transport is asked for, in our order of preference.
void Locator::want_default_srv() {
  for (const auto transport : {Transport::kUdp, Transport::kTcp, Transport::kTls}) {
    if (secure_ && transport != Transport::kTls) continue;
    if (usable_.has(transport)) use_srv(transport, std::string(srv_prefix(transport)) + domain_);
  }
}

std::optional<DnsQuestion> Locator::next() const {
  if (wants_naptr_) return DnsQuestion{DnsQuestion::Type::kNaptr, domain_};
  if (asked_srv_ < srv_.size() && answers_.size() < kMaxQuestions) {
    return DnsQuestion{DnsQuestion::Type::kSrv, srv_[asked_srv_].name};
  }
  for (const auto& host : hosts_) {
    if (!addresses_.contains(host.name)) return DnsQuestion{DnsQuestion::Type::kAddress, host.name};
  }
  return std::nullopt;
}

void Locator::answer_naptr(std::vector<NaptrRecord> records) {
  wants_naptr_ = false;
  std::stable_sort(records.begin(), records.end(), [](const NaptrRecord& a, const NaptrRecord& b) {
    return std::pair{a.order, a.preference} < std::pair{b.order, b.preference};
  });
  for (auto& record : records) {
    const auto transport = transport_of_service(record.service);
    if (!transport || !usable_.has(*transport) || !equal_ignoring_case(record.flags, "s")) continue;
    if (secure_ && *transport != Transport::kTls) continue;
    if (srv_.size() < kMaxQuestions / 2) use_srv(*transport, std::move(record.replacement));
  }
  if (srv_.empty()) want_default_srv();
}

void Locator::answer_srv(const std::string& name, std::vector<SrvRecord> records) {
  if (asked_srv_ >= srv_.size() || srv_[asked_srv_].name != name) return;
  answers_[name] = {};
  const Transport transport = srv_[asked_srv_].transport;
  ++asked_srv_;
  for (auto& record : order_srv(std::move(records), draw_)) {
    if (record.target.empty() || record.target == ".") continue;  // the service is decidedly not there
    use_host(transport, std::move(record.target), record.port);
  }
  settle();
}

/// §4.2: if no SRV record was found the domain's own address is asked for.
void Locator::settle() {
  if (asked_srv_ < srv_.size() || !hosts_.empty()) return;
  const Transport transport = srv_.empty() ? Transport::kUdp : srv_.front().transport;
  use_host(transport, domain_, default_port(transport));
}

void Locator::answer_addresses(const std::string& name, std::vector<base::IpAddress> addresses) {
  addresses_[name] = std::move(addresses);
}

std::vector<Destination> Locator::destinations() const {
  std::vector<Destination> places;
  for (const auto& host : hosts_) {
    const auto at = addresses_.find(host.name);
    if (at == addresses_.end()) continue;
    for (const auto& address : at->second) {
      Destination place{host.transport, {address, {host.port}}, {}};
      if (is_secure(host.transport)) place.tls_name = tls_name_;
      if (places.size() < kMaxDestinations &&
          std::find(places.begin(), places.end(), place) == places.end()) {
        places.push_back(std::move(place));
      }
    }
  }
  return places;
}

}  // namespace control::sip
