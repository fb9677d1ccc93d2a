#include "control/dialog/dialog.h"

#include <algorithm>
#include <utility>

namespace control {
namespace {

using sip::HeaderId;

/// Each Record-Route as one name-addr, in the order of the message.
std::vector<std::string> record_route_of(const sip::Message& message) {
  std::vector<std::string> routes;
  for (const auto& each : message.addresses(HeaderId::kRecordRoute)) {
    routes.push_back('<' + std::string(each.uri.text) + '>' + std::string(each.params));
  }
  return routes;
}

std::string contact_of(const sip::Message& message) {
  const auto contacts = message.addresses(HeaderId::kContact);
  return contacts.empty() ? std::string{} : std::string(contacts.front().uri.text);
}

std::string value_of(const sip::Message& message, HeaderId id) {
  return std::string(message.header(id).value_or(std::string_view{}));
}

/// A bare addr-spec with the tag as its parameter reads back the same way: parameters of From and To are the
/// header's.
std::string with_tag(std::string party, const std::string& tag) {
  return std::move(party) + ";tag=" + tag;
}

}  // namespace

DialogId dialog_of(const sip::Message& message) {
  if (message.is_request()) {
    return {std::string(message.call_id()), std::string(message.to_tag()), std::string(message.from_tag())};
  }
  return {std::string(message.call_id()), std::string(message.from_tag()), std::string(message.to_tag())};
}

Dialog Dialog::of_request(const sip::Request& request, std::string local_tag) {
  const auto& message = request.message;
  Dialog d;
  d.local_party_ = value_of(message, HeaderId::kTo);
  if (message.to_tag().empty()) d.local_party_ = with_tag(std::move(d.local_party_), local_tag);
  d.id_ = {std::string(message.call_id()), std::move(local_tag), std::string(message.from_tag())};
  d.remote_party_ = value_of(message, HeaderId::kFrom);
  d.remote_target_ = contact_of(message);
  d.routes_ = record_route_of(message);
  d.flow_ = request.flow;
  d.remote_cseq_ = message.cseq().number;
  return d;
}

std::optional<Dialog> Dialog::of_response(const sip::Response& response) {
  const auto& message = response.message;
  if (message.to_tag().empty()) return std::nullopt;
  Dialog d;
  d.id_ = dialog_of(message);
  d.local_party_ = value_of(message, HeaderId::kFrom);
  d.remote_party_ = value_of(message, HeaderId::kTo);
  d.remote_target_ = contact_of(message);
  if (d.remote_target_.empty() && message.status() >= 200) return std::nullopt;
  d.routes_ = record_route_of(message);
  std::reverse(d.routes_.begin(), d.routes_.end());
  d.flow_ = response.flow;
  d.local_cseq_ = message.cseq().number;
  return d;
}

std::string Dialog::remote_address() const {
  const auto party = sip::NameAddr::parse(remote_party_);
  return party ? std::string(party->uri.text) : remote_target_;
}

sip::OutgoingRequest Dialog::address(std::string method, std::uint32_t cseq) const {
  sip::OutgoingRequest request;
  request.uri = remote_target_;
  std::vector<std::string> routes = routes_;
  if (!routes.empty()) {
    const auto first = sip::NameAddr::parse(routes.front());
    if (first && !first->uri.has_param("lr")) {
      // §12.2.1.1, a strict router of RFC 2543: it wants to be addressed itself, our target comes last.
      request.uri = first->uri.text;
      routes.erase(routes.begin());
      routes.push_back('<' + remote_target_ + '>');
    }
  }
  for (const auto& route : routes) request.headers.add(HeaderId::kRoute, route);
  request.headers.add(HeaderId::kMaxForwards, 70U);
  request.headers.add(HeaderId::kFrom, local_party_).add(HeaderId::kTo, remote_party_);
  request.headers.add(HeaderId::kCallId, id_.call_id)
      .add(HeaderId::kCSeq, std::to_string(cseq) + ' ' + method);
  request.method = std::move(method);
  return request;
}

sip::OutgoingRequest Dialog::make_request(sip::Method method) {
  return address(std::string(sip::name_of(method)), ++local_cseq_);
}

sip::OutgoingRequest Dialog::make_ack(std::uint32_t cseq) const {
  return address("ACK", cseq);
}

sip::OutgoingRequest Dialog::make_prack(const sip::Message& provisional) {
  auto request = make_request(sip::Method::kPrack);
  const auto cseq = provisional.cseq();
  request.headers.add(HeaderId::kRAck, value_of(provisional, HeaderId::kRSeq) + ' ' +
                                           std::to_string(cseq.number) + ' ' + std::string(cseq.method));
  return request;
}

sip::Target Dialog::next_hop() const {
  if (!routes_.empty()) {
    if (const auto first = sip::NameAddr::parse(routes_.front())) return sip::Target::to(first->uri.text);
  }
  if (flow_) return sip::Target::over(*flow_);
  return sip::Target::to(remote_target_);
}

Dialog::Order Dialog::take(const sip::Message& request) {
  const auto number = request.cseq().number;
  if (request.method() == sip::Method::kAck || request.method() == sip::Method::kCancel) return Order::kNew;
  if (remote_cseq_ && number <= *remote_cseq_) return Order::kLate;
  remote_cseq_ = number;
  return Order::kNew;
}

void Dialog::refresh_target(const sip::Message& message) {
  if (auto contact = contact_of(message); !contact.empty()) remote_target_ = std::move(contact);
}

void Dialog::confirm(const sip::Response& response) {
  routes_ = record_route_of(response.message);
  std::reverse(routes_.begin(), routes_.end());
  refresh_target(response.message);
  remote_party_ = value_of(response.message, HeaderId::kTo);
  flow_ = response.flow;
}

}  // namespace control
