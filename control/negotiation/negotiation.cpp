#include "control/negotiation/negotiation.h"

#include <fmt/format.h>

#include <algorithm>

namespace control {
namespace {

using dataplane::MediaKind;

/// True if the answerer may get packets that are not the offerer's own.
bool may_translate(const OfferList& list, std::uint16_t forced_ptime_ms) {
  const auto is_ours = [](const ListedFormat& listed) { return !listed.original; };
  const auto needs_us = [](Use use) { return use == Use::kMasked || use == Use::kAccepted; };
  return forced_ptime_ms != 0 || std::ranges::any_of(list.listed, is_ours) ||
         std::ranges::any_of(list.uses, needs_us);
}

/// Opus, G.711, G.722 and G.729 all make packets of this length; others (30 ms) would set a codec that was
/// added a task it cannot do.
bool suits_every_codec(std::uint16_t ptime_ms) {
  return ptime_ms == 10 || ptime_ms == 20 || ptime_ms == 40 || ptime_ms == 60;
}

std::string unused_mid(const sdp::SessionDescription& description, std::size_t index) {
  for (auto number = index + 1;; ++number) {
    auto mid = std::to_string(number);
    const auto has_it = [&](const sdp::MediaDescription& media) { return media.attribute("mid") == mid; };
    if (std::ranges::none_of(description.medias, has_it)) return mid;
  }
}

void write_mid(sdp::MediaDescription& media, const std::optional<std::string>& mid) {
  if (!mid) {
    media.remove_attribute("mid");
  } else if (media.attribute("mid") != *mid) {
    media.set_attribute("mid", *mid);
  }
}

/// The address of the first stream that lives, which the session's c= line carries.
base::IpAddress session_address(const sdp::SessionDescription& out, std::span<const LocalPair> local,
                                Side to) {
  for (std::size_t i = 0; i < out.medias.size(); ++i) {
    if (out.medias[i].media().port != 0) return local[i][index_of(to)].advertised;
  }
  return local.empty() ? base::IpAddress{} : local[0][index_of(to)].advertised;
}

/// Streams that are off keep their lines, but not the author's address.
void hide_address(sdp::MediaDescription& media, const base::IpAddress& address) {
  if (media.find('c') != nullptr) media.set('c', sdp::Connection::of(address).to_string());
}

/// Puts our address into the session's c= line, if there is one.
void write_session_connection(sdp::SessionDescription& out, const base::IpAddress& address) {
  if (out.session.find('c') != nullptr) out.session.set('c', sdp::Connection::of(address).to_string());
}

/// What the answerer would say if it took all that it was offered.
StreamView assumed_answer(const StreamView& offered, const OfferList& list) {
  StreamView view;
  view.kind = offered.kind;
  view.enabled = offered.enabled;
  view.type = offered.type;
  view.proto = offered.proto;
  view.formats.reserve(list.listed.size());
  for (const auto& listed : list.listed) view.formats.push_back(listed.payload);
  return view;
}

bool is_rtp_profile(const std::string& proto) {
  return sdp::MediaLine{"audio", 0, 1, proto, {}}.is_rtp();
}

}  // namespace

void Negotiation::remember(std::size_t index, const StreamView& view, Side from) {
  if (streams_.size() <= index) streams_.resize(index + 1);
  auto& stream = streams_[index];
  if (stream.type != view.type) stream = StreamMemory{view.type, {}, {}};
  stream.profiles[index_of(from)] = view.proto;
  for (const auto& payload : view.formats) stream.numbers[index_of(from)].learn(payload);
}

/// The decision in force for a stream, if the new offer still speaks of the same one.
const MediaDecision* Negotiation::running(std::size_t index, const StreamView& view) const {
  if (index >= decisions_.size()) return nullptr;
  const auto& decision = decisions_[index];
  const bool same =
      decision.enabled && !decision.provisional && decision.kind == view.kind && decision.type == view.type;
  return same ? &decision : nullptr;
}

OfferList Negotiation::list_for(std::size_t index, const StreamView& view, const Policy& policy, Side from) {
  auto& numbers = streams_[index].numbers[index_of(other(from))];
  const auto* decision = running(index, view);
  if (!policy.codecs.empty() || decision == nullptr || !decision->translates()) {
    return make_offer_list(view.formats, policy.codecs, numbers);
  }
  std::vector<PayloadFormat> in_use;
  for (const auto& format : decision->side(other(from)).receive) in_use.push_back(format.payload);
  return keep_offer_list(view.formats, in_use, numbers);
}

/// The profile of the policy, else the one that this side had before, else the offerer's.
std::string Negotiation::profile_towards(std::size_t index, const StreamView& view, const Policy& policy,
                                         Side to) const {
  if (!policy.transport.empty() && is_rtp_profile(policy.transport)) return policy.transport;
  const auto known = index < streams_.size() && streams_[index].type == view.type
                         ? streams_[index].profiles[index_of(to)]
                         : std::string();
  const bool usable = is_rtp_profile(known) && keying_of(known) == keying_of(view.proto);
  return usable ? known : view.proto;
}

Negotiation::OfferedMedia Negotiation::take_offered(std::size_t index, StreamView view, const Policy& policy,
                                                    Side from) {
  OfferedMedia offered;
  const auto* decision = running(index, view);
  offered.ptime_ms = policy.ptime_ms;
  offered.ptime_reverse_ms = policy.ptime_reverse_ms;
  if (decision != nullptr) {
    if (offered.ptime_ms == 0) offered.ptime_ms = decision->side(other(from)).forced_ptime_ms;
    if (offered.ptime_reverse_ms == 0) offered.ptime_reverse_ms = decision->side(from).forced_ptime_ms;
  }
  if (view.kind == MediaKind::kAudio) offered.list = list_for(index, view, policy, from);
  const auto& mux = policy.rtcp_mux;
  offered.mux_required = mux.require;
  offered.mux_shown = mux.offer || mux.require || (view.rtcp_mux && !mux.demux && !mux.reject);
  offered.mux_granted = view.rtcp_mux && !mux.reject;
  offered.bit_rates = policy.codecs.set;
  offered.view = std::move(view);
  return offered;
}

void Negotiation::write_offer(std::size_t index, sdp::SessionDescription& out, const Policy& policy,
                              const LocalMedia& local) const {
  const auto& offered = exchange_.medias[index];
  auto& media = out.medias[index];
  if (!offered.view.enabled) return;
  if (offered.view.kind == MediaKind::kAudio) {
    std::vector<WrittenFormat> formats;
    formats.reserve(offered.list.listed.size());
    bool added = false;
    for (const auto& listed : offered.list.listed) {
      formats.push_back({listed.payload, listed.original});
      added = added || (!listed.original && is_audio_codec(listed.payload.format));
    }
    write_formats(media, formats);
    if (may_translate(offered.list, offered.ptime_ms | offered.ptime_reverse_ms))
      remove_stream_identity(media);
    if (added && !suits_every_codec(offered.view.ptime_ms)) media.remove_attribute("ptime");
    if (added) media.remove_attribute("maxptime");
    if (offered.ptime_ms != 0) media.set_attribute("ptime", std::to_string(offered.ptime_ms));
  }
  if (offered.line.is_rtp()) {
    write_profile(media, profile_towards(index, offered.view, policy, other(exchange_.from)));
  }
  if (!policy.original_sendrecv) write_direction(out, media, offered.view.direction);
  write_transport(out, media, local, offered.mux_shown, policy.rtcp_attribute);
  if (offered.mux_required) media.set_attribute("rtcp", std::to_string(local.rtp.number));
  if (policy.generate_mid && !offered.view.mid) media.add_attribute("mid", unused_mid(out, index));
}

base::Result<sdp::SessionDescription> Negotiation::offer(Side from, const sdp::SessionDescription& offer,
                                                         const Policy& policy,
                                                         std::span<const LocalPair> local) {
  if (local.size() < offer.medias.size()) {
    return base::Error{
        fmt::format("{} streams are offered and {} have ports", offer.medias.size(), local.size())};
  }
  std::vector<StreamView> views;
  for (std::size_t i = 0; i < offer.medias.size(); ++i) {
    views.push_back(view_of(offer, i, policy.source_address));
    const auto& view = views.back();
    const auto profile = profile_towards(i, view, policy, other(from));
    if (view.kind != MediaKind::kDatagram && keying_of(profile) != keying_of(view.proto)) {
      return base::Error{fmt::format("stream {}: {} cannot be turned into {}", i + 1, view.proto, profile)};
    }
  }

  const Side to = other(from);
  exchange_ = Exchange{true, from, {}, {}};
  auto out = offer;
  remove_bypass(out);
  for (std::size_t i = 0; i < views.size(); ++i) {
    remember(i, views[i], from);
    exchange_.medias.push_back(take_offered(i, std::move(views[i]), policy, from));
    exchange_.medias[i].line = offer.medias[i].media();
    const auto& notes = exchange_.medias[i].list.notes;
    exchange_.notes.insert(exchange_.notes.end(), notes.begin(), notes.end());
  }
  const auto address = session_address(out, local, to);
  write_session_connection(out, address);
  for (std::size_t i = 0; i < out.medias.size(); ++i) {
    write_offer(i, out, policy, local[i][index_of(to)]);
    if (!exchange_.medias[i].view.enabled) hide_address(out.medias[i], address);
    if (out.medias[i].media().is_rtp()) streams_[i].profiles[index_of(to)] = out.medias[i].media().proto;
    const auto& offered = exchange_.medias[i];
    if (i < decisions_.size() && !decisions_[i].provisional &&
        (decisions_[i].enabled || !offered.view.enabled))
      continue;
    if (i == decisions_.size()) decisions_.emplace_back();
    decisions_[i] = settle(i, assumed_answer(offered.view, offered.list), policy, local[i]).decision;
    decisions_[i].provisional = true;
  }
  sessions_[index_of(to)].write(out, policy.replace, address);
  return out;
}

Negotiation::Settled Negotiation::settle(std::size_t index, const StreamView& answered, const Policy& policy,
                                         const LocalPair& local) const {
  const auto& offered = exchange_.medias[index];
  const auto from = exchange_.from;
  Settled settled;
  auto& decision = settled.decision;
  auto& offerer = decision.side(from);
  auto& answerer = decision.side(other(from));
  decision.kind = offered.view.kind;
  decision.type = offered.view.type;
  decision.enabled = offered.view.enabled && answered.enabled && answered.kind == offered.view.kind;
  decision.sides[0].local = local[0];
  decision.sides[1].local = local[1];
  if (decision.kind == MediaKind::kAudio && decision.enabled) {
    auto formats = settle_formats(offered.view.formats, offered.list, answered.formats,
                                  {policy.single_codec, offered.bit_rates});
    offerer.receive = std::move(formats.from_offerer);
    offerer.send = std::move(formats.to_offerer);
    answerer.receive = std::move(formats.from_answerer);
    answerer.send = std::move(formats.to_answerer);
    settled.formats = std::move(formats.answer);
    decision.enabled = !settled.formats.empty();
  }
  if (!decision.enabled) {
    decision.refusal = !offered.view.enabled ? Refusal::kOfferer
                       : !answered.enabled   ? Refusal::kAnswerer
                                             : Refusal::kNothingInCommon;
    return settled;
  }
  offerer.remote_rtp = offered.view.rtp;
  offerer.remote_rtcp = offered.view.rtcp;
  offerer.rtcp_mux = offered.mux_granted && !policy.rtcp_mux.reject;
  if (!offerer.rtcp_mux && offered.view.rtcp_mux && offered.view.rtp) {
    // Refused: RTCP then goes where it goes by default (RFC 5761 §5.1.1).
    offerer.remote_rtcp = base::SocketAddress{
        offered.view.rtp->ip, base::UdpPort{static_cast<std::uint16_t>(offered.view.rtp->port.number + 1)}};
  }
  offerer.direction = offered.view.direction;
  offerer.ptime_ms = offered.view.ptime_ms;
  offerer.maxptime_ms = offered.view.maxptime_ms;
  offerer.forced_ptime_ms = offered.ptime_reverse_ms;
  answerer.remote_rtp = answered.rtp;
  answerer.rtcp_mux = offered.mux_shown && (answered.rtcp_mux || offered.mux_required);
  answerer.remote_rtcp = answerer.rtcp_mux ? answered.rtp : answered.rtcp;
  // An answer can only narrow what was offered (RFC 3264 §6.1).
  answerer.direction = sdp::common(answered.direction, sdp::reversed(offered.view.direction));
  answerer.ptime_ms = answered.ptime_ms;
  answerer.maxptime_ms = answered.maxptime_ms;
  answerer.forced_ptime_ms = offered.ptime_ms;
  plan_flows(decision);
  return settled;
}

void Negotiation::write_answer(std::size_t index, const Settled& settled, sdp::SessionDescription& out,
                               const Policy& policy, const LocalMedia& local) const {
  const auto& offered = exchange_.medias[index];
  const auto& decision = settled.decision;
  auto& media = out.medias[index];
  write_mid(media, offered.view.mid);
  if (!decision.enabled) {
    write_rejected(media, offered.line);
    return;
  }
  const auto& offerer = decision.side(exchange_.from);
  if (decision.kind == MediaKind::kAudio) {
    write_formats(media, settled.formats);
    if (decision.translates()) {
      remove_stream_identity(media);
      media.remove_attribute("maxptime");
      const auto ptime = offerer.forced_ptime_ms != 0 ? offerer.forced_ptime_ms : offerer.ptime_ms;
      media.remove_attribute("ptime");
      if (ptime != 0) media.add_attribute("ptime", std::to_string(ptime));
    }
  }
  write_profile(media, offered.line.proto);
  if (!policy.original_sendrecv) {
    write_direction(out, media, decision.side(other(exchange_.from)).direction);
  }
  write_transport(out, media, local, offerer.rtcp_mux, policy.rtcp_attribute);
}

base::Result<sdp::SessionDescription> Negotiation::answer(const sdp::SessionDescription& answer,
                                                          const Policy& policy,
                                                          std::span<const LocalPair> local) {
  const auto count = exchange_.medias.size();
  if (!exchange_.open) return base::Error{"answer without an offer"};
  if (answer.medias.size() > count) {
    return base::Error{fmt::format("answer has {} streams, the offer {}", answer.medias.size(), count)};
  }
  if (local.size() < count)
    return base::Error{fmt::format("{} streams are offered and {} have ports", count, local.size())};

  const Side to = exchange_.from;
  auto out = answer;
  remove_bypass(out);
  std::vector<Settled> settled;
  for (std::size_t i = 0; i < count; ++i) {
    const bool present = i < answer.medias.size();
    const auto view = present ? view_of(answer, i, policy.source_address) : StreamView{};
    if (!present) out.medias.emplace_back(exchange_.medias[i].line);
    settled.push_back(settle(i, view, policy, local[i]));
  }
  const auto address = session_address(out, local, to);
  write_session_connection(out, address);
  decisions_.clear();
  for (std::size_t i = 0; i < count; ++i) {
    write_answer(i, settled[i], out, policy, local[i][index_of(to)]);
    decisions_.push_back(std::move(settled[i].decision));
    if (!decisions_[i].enabled) hide_address(out.medias[i], address);
  }
  sessions_[index_of(to)].write(out, policy.replace, address);
  return out;
}

void Negotiation::close_exchange() {
  exchange_.open = false;
  exchange_.medias = {};
}

}  // namespace control
