#include "control/sip_service/sip_metrics.h"

#include <fmt/format.h>

#include <iterator>

namespace control {

std::string print_sip_metrics(const SipService& service) {
  std::string text;
  const auto family = [&](std::string_view name, std::string_view type, std::string_view help,
                          std::uint64_t value) {
    fmt::format_to(std::back_inserter(text),
                   "# HELP mediad_sip_{0} {2}\n# TYPE mediad_sip_{0} {1}\nmediad_sip_{0} {3}\n", name, type,
                   help, value);
  };
  const auto& calls = service.b2bua().counters();
  family("calls", "gauge", "SIP calls in set-up or answered.", service.b2bua().calls());
  family("calls_total", "counter", "INVITEs of authenticated callers.", calls.calls);
  family("calls_answered_total", "counter", "Calls that somebody answered.", calls.answered);
  family("calls_refused_total", "counter", "Calls refused before anything rang.", calls.refused);
  family("calls_failed_total", "counter", "Calls that nobody took.", calls.failed);
  family("calls_cancelled_total", "counter", "Calls that the caller gave up.", calls.cancelled);
  family("calls_media_lost_total", "counter", "Calls ended because their media had ended.", calls.media_lost);
  family("calls_expired_total", "counter", "Calls ended because a peer did not refresh its session.",
         calls.expired);
  family("unacknowledged_total", "counter", "Answers whose ACK never came.", calls.unacknowledged);
  family("glares_total", "counter", "Offers refused with 491.", calls.glares);
  const auto& gate = service.gate().counters();
  family("admitted_total", "counter", "Requests with good credentials or from a trunk.", gate.admitted);
  family("challenged_total", "counter", "Requests without credentials.", gate.challenged);
  family("wrong_credentials_total", "counter", "Requests with wrong credentials.", gate.failed);
  family("replayed_total", "counter", "Requests with credentials that were used before.", gate.replayed);
  family("throttled_total", "counter", "Requests from addresses with too many failures.", gate.throttled);
  family("bindings", "gauge", "Registered contacts.", service.registrar().size());
  const auto& registrar = service.registrar().counters();
  family("registrations_total", "counter", "REGISTERs accepted.", registrar.accepted);
  family("registrations_refused_total", "counter", "REGISTERs refused.", registrar.refused);
  family("registrations_expired_total", "counter", "Contacts that were not refreshed.", registrar.expired);
  family("trunks_registered", "gauge", "Trunks that hold our registration.", service.trunks().registered());
  family("trunks_dead", "gauge", "Trunks that do not answer OPTIONS.", service.trunks().dead());
  family("transactions", "gauge", "SIP transactions held.", service.engine().transaction_count());
  if (const auto* hep = service.hep()) {
    family("homer_sent_total", "counter", "Messages copied to the capture server.", hep->sent());
    family("homer_lost_total", "counter", "Messages that could not be copied.", hep->lost());
  }
  family("records_lost_total", "counter", "Call records that could not be written.", service.records_lost());
  const auto& flows = service.engine().flow_counters();
  family("datagrams_received_total", "counter", "SIP datagrams received.", flows.datagrams_in);
  family("datagrams_sent_total", "counter", "SIP datagrams sent.", flows.datagrams_out);
  family("connections_refused_total", "counter", "Connections beyond a limit.", flows.connections_refused);
  return text;
}

}  // namespace control
