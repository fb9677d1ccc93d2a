#include "control/ng/flags.h"

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

#include "control/ng/flag_string.h"

namespace control::ng {
namespace {

using FlagSetter = void (*)(NgRequest&);
using KeySetter = void (*)(const Value&, NgRequest&);

template <typename Setter>
using Table = std::unordered_map<std::string_view, Setter>;

/// Calls `use` with each text of a list, or with the text itself.
template <typename Use>
void for_each_text(const Value& value, Use use) {
  if (const auto* list = value.list()) {
    for (const auto& item : *list) use(item.as_text());
  } else {
    use(value.as_text());
  }
}

void add_texts(const Value& value, std::vector<std::string>& out) {
  for_each_text(value, [&out](std::string text) {
    if (!text.empty()) out.push_back(std::move(text));
  });
}

template <typename T>
std::optional<T> number_in_range(const Value& value) {
  const auto n = value.as_number();
  if (!n || *n < 0 || *n > std::int64_t{std::numeric_limits<T>::max()}) return std::nullopt;
  return static_cast<T>(*n);
}

void ignore(NgRequest& /*request*/) {}
void ignore_key(const Value& /*value*/, NgRequest& /*request*/) {}

/// An item of a list whose name stands in front of it in the flat spelling: replace=[origin] is
/// replace-origin.
template <const char* const& kPrefix>
void as_prefixed_flags(const Value& value, NgRequest& request) {
  for_each_text(value, [&request](const std::string& text) {
    if (!text.empty()) apply_flag(std::string{kPrefix} + text, request);
  });
}
constexpr const char* kReplacePrefix = "replace-";
constexpr const char* kRtcpMuxPrefix = "rtcp-mux-";
constexpr const char* kSdesPrefix = "SDES-";

void set_ice(std::string_view word, NgRequest& request) {
  static const Table<IceFlag> table = {{"remove", IceFlag::kRemove},
                                       {"force", IceFlag::kForce},
                                       {"default", IceFlag::kDefault},
                                       {"optional", IceFlag::kOptional},
                                       {"force-relay", IceFlag::kForceRelay}};
  if (const auto found = table.find(word); found != table.end()) request.flags.ice = found->second;
}

void set_dtls(std::string_view word, NgRequest& request) {
  static const Table<DtlsFlag> table = {{"off", DtlsFlag::kOff},
                                        {"no", DtlsFlag::kOff},
                                        {"disable", DtlsFlag::kOff},
                                        {"passive", DtlsFlag::kPassive},
                                        {"active", DtlsFlag::kActive}};
  if (const auto found = table.find(word); found != table.end()) request.flags.dtls = found->second;
}

void set_learning(std::string_view word, NgRequest& request) {
  using dataplane::Learning;
  static const Table<Learning> table = {{"off", Learning::kOff},
                                        {"delayed", Learning::kDelayed},
                                        {"immediate", Learning::kImmediate},
                                        {"heuristic", Learning::kHeuristic}};
  if (const auto found = table.find(word); found != table.end()) request.flags.learning = found->second;
}

void add_direction(const std::string& name, NgRequest& request) {
  auto& flags = request.flags;
  (flags.direction_from.empty() ? flags.direction_from : flags.direction_to) = name;
}

void set_received_from(const Value& value, NgRequest& request) {
  const auto* list = value.list();
  const auto text = list != nullptr && list->size() == 2 ? list->back().as_text() : value.as_text();
  request.flags.received_from = base::IpAddress::parse(text);
}

void set_address_family(const Value& value, NgRequest& request) {
  const auto family = canonical(value.as_text());
  if (family == "ip4" || family == "inet") request.flags.address_family = base::IpFamily::kV4;
  if (family == "ip6" || family == "inet6") request.flags.address_family = base::IpFamily::kV6;
}

std::vector<std::string>* codec_list(std::string_view name, CodecFlags& codecs) {
  static const Table<std::vector<std::string> CodecFlags::*> table = {
      {"strip", &CodecFlags::strip},         {"except", &CodecFlags::except}, {"offer", &CodecFlags::offer},
      {"transcode", &CodecFlags::transcode}, {"mask", &CodecFlags::mask},     {"accept", &CodecFlags::accept},
      {"consume", &CodecFlags::consume},     {"set", &CodecFlags::set}};
  const auto found = table.find(name);
  return found == table.end() ? nullptr : &(codecs.*found->second);
}

void set_codec(const Value& value, NgRequest& request) {
  const auto* lists = value.dictionary();
  if (lists == nullptr) return;
  for (const auto& [name, names] : *lists) {
    if (auto* target = codec_list(canonical(name), request.flags.codecs)) {
      add_texts(names, *target);
    } else {
      request.unknown.push_back("codec-" + name);
    }
  }
}

void set_flags(const Value& value, NgRequest& request) {
  for_each_text(value, [&request](const std::string& word) {
    if (!word.empty()) apply_flag(word, request);
  });
}

void set_flag_string(const Value& value, NgRequest& request) {
  for (const auto& item : parse_flag_string(value.as_text())) {
    if (const auto* pair = item.dictionary()) {
      const auto& [key, argument] = pair->front();
      if (canonical(key) == "rtpp-flags") continue;  // it would read its own tail again and again
      apply_key(key, argument, request);
    } else {
      apply_flag(*item.text(), request);
    }
  }
}

/// Keys of the dictionary, canonical spelling.
const Table<KeySetter>& keys() {
  static const Table<KeySetter> table = {
      {"call-id", [](const Value& v, NgRequest& r) { r.call_id = v.as_text(); }},
      {"from-tag", [](const Value& v, NgRequest& r) { r.from_tag = v.as_text(); }},
      {"to-tag", [](const Value& v, NgRequest& r) { r.to_tag = v.as_text(); }},
      {"via-branch", [](const Value& v, NgRequest& r) { r.via_branch = v.as_text(); }},
      {"sdp", [](const Value& v, NgRequest& r) { r.sdp = v.as_text(); }},
      {"label", [](const Value& v, NgRequest& r) { r.flags.label = v.as_text(); }},
      {"from-label", [](const Value& v, NgRequest& r) { r.flags.label = v.as_text(); }},
      {"metadata", [](const Value& v, NgRequest& r) { r.flags.metadata = v.as_text(); }},
      {"limit", [](const Value& v, NgRequest& r) { r.limit = v.as_number(); }},
      {"flags", set_flags},
      {"rtpp-flags", set_flag_string},
      {"supports",
       [](const Value& v, NgRequest& r) {
         for_each_text(v, [&r](const std::string& t) {
           if (canonical(t) == "load-limit") r.supports_load_limit = true;
         });
       }},
      {"transport-protocol", [](const Value& v, NgRequest& r) { r.flags.transport_protocol = v.as_text(); }},
      {"replace", as_prefixed_flags<kReplacePrefix>},
      {"rtcp-mux", as_prefixed_flags<kRtcpMuxPrefix>},
      {"sdes", as_prefixed_flags<kSdesPrefix>},
      {"ice", [](const Value& v, NgRequest& r) { set_ice(canonical(v.as_text()), r); }},
      {"dtls", [](const Value& v, NgRequest& r) { set_dtls(canonical(v.as_text()), r); }},
      {"codec", set_codec},
      {"direction",
       [](const Value& v, NgRequest& r) {
         for_each_text(v, [&r](const std::string& t) { add_direction(t, r); });
       }},
      {"address-family", set_address_family},
      {"media-address", [](const Value& v, NgRequest& r) { r.flags.media_address = v.as_text(); }},
      {"received-from", set_received_from},
      {"endpoint-learning", [](const Value& v, NgRequest& r) { set_learning(canonical(v.as_text()), r); }},
      {"ptime", [](const Value& v,
                   NgRequest& r) { r.flags.ptime_ms = number_in_range<std::uint16_t>(v).value_or(0); }},
      {"ptime-reverse",
       [](const Value& v, NgRequest& r) {
         r.flags.ptime_reverse_ms = number_in_range<std::uint16_t>(v).value_or(0);
       }},
      {"tos", [](const Value& v, NgRequest& r) { r.flags.tos = number_in_range<std::uint8_t>(v); }},
      {"delete-delay",
       [](const Value& v, NgRequest& r) {
         if (const auto s = number_in_range<std::int32_t>(v)) r.delete_delay = std::chrono::seconds{*s};
       }},
      // They say nothing that changes what we do.
      {"sip-message-type", ignore_key},
      {"sip-code", ignore_key},
      {"repacketize", ignore_key},
      {"xmlrpc-callback", ignore_key},
      {"user-agent", ignore_key},
  };
  return table;
}

/// Bare words, canonical spelling.
const Table<FlagSetter>& flags() {
  static const Table<FlagSetter> table = {
      {"fatal", [](NgRequest& r) { r.fatal = true; }},
      {"trust-address", [](NgRequest& r) { r.flags.sip_source_address = false; }},
      {"sip-source-address", [](NgRequest& r) { r.flags.sip_source_address = true; }},
      {"strict-source", [](NgRequest& r) { r.flags.strict_source = true; }},
      {"media-handover", [](NgRequest& r) { r.flags.media_handover = true; }},
      {"asymmetric", [](NgRequest& r) { r.flags.asymmetric = true; }},
      {"generate-mid", [](NgRequest& r) { r.flags.generate_mid = true; }},
      {"no-rtcp-attribute", [](NgRequest& r) { r.flags.no_rtcp_attribute = true; }},
      {"original-sendrecv", [](NgRequest& r) { r.flags.original_sendrecv = true; }},
      {"always-transcode", [](NgRequest& r) { r.flags.always_transcode = true; }},
      {"single-codec", [](NgRequest& r) { r.flags.single_codec = true; }},
      {"internal", [](NgRequest& r) { add_direction("internal", r); }},
      {"external", [](NgRequest& r) { add_direction("external", r); }},
      {"replace-origin", [](NgRequest& r) { r.flags.replace.origin = true; }},
      {"replace-username", [](NgRequest& r) { r.flags.replace.username = true; }},
      {"replace-session-name", [](NgRequest& r) { r.flags.replace.session_name = true; }},
      {"replace-sdp-version", [](NgRequest& r) { r.flags.replace.sdp_version = true; }},
      {"replace-force-increment-sdp-ver",
       [](NgRequest& r) { r.flags.replace.force_increment_version = true; }},
      {"replace-zero-address", [](NgRequest& r) { r.flags.replace.zero_address = true; }},
      {"replace-session-connection", ignore},  // every c= is ours anyway
      {"rtcp-mux-offer", [](NgRequest& r) { r.flags.rtcp_mux.offer = true; }},
      {"rtcp-mux-require", [](NgRequest& r) { r.flags.rtcp_mux.require = true; }},
      {"rtcp-mux-demux", [](NgRequest& r) { r.flags.rtcp_mux.demux = true; }},
      {"rtcp-mux-accept", [](NgRequest& r) { r.flags.rtcp_mux.accept = true; }},
      {"rtcp-mux-reject", [](NgRequest& r) { r.flags.rtcp_mux.reject = true; }},
      {"no-sdes", [](NgRequest& r) { r.flags.sdes.emplace_back("off"); }},
      // What we do anyway, or what only old clients send.
      {"force", ignore},
      {"symmetric", ignore},
      {"allow-transcoding", ignore},
      {"trickle-ice", ignore},
      {"debug", ignore},
  };
  return table;
}

/// Profiles are written as bare words too.
bool apply_profile(std::string_view word, NgRequest& request) {
  static constexpr std::array<std::string_view, 7> kProfiles = {
      "RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF", "UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF", "UDPTL"};
  if (std::find(kProfiles.begin(), kProfiles.end(), word) == kProfiles.end()) return false;
  request.flags.transport_protocol = word;
  return true;
}

/// Words that carry their argument behind a '-': codec-mask-opus, transcode-PCMA, SDES-pad, ICE-remove.
bool apply_prefixed(std::string_view word, std::string_view name, NgRequest& request) {
  struct Prefix {
    std::string_view text;
    void (*apply)(std::string_view rest, NgRequest& request);
  };
  static constexpr std::array kPrefixes = {
      Prefix{"codec-strip-", [](auto rest, auto& r) { r.flags.codecs.strip.emplace_back(rest); }},
      Prefix{"codec-except-", [](auto rest, auto& r) { r.flags.codecs.except.emplace_back(rest); }},
      Prefix{"codec-offer-", [](auto rest, auto& r) { r.flags.codecs.offer.emplace_back(rest); }},
      Prefix{"codec-transcode-", [](auto rest, auto& r) { r.flags.codecs.transcode.emplace_back(rest); }},
      Prefix{"codec-mask-", [](auto rest, auto& r) { r.flags.codecs.mask.emplace_back(rest); }},
      Prefix{"codec-accept-", [](auto rest, auto& r) { r.flags.codecs.accept.emplace_back(rest); }},
      Prefix{"codec-consume-", [](auto rest, auto& r) { r.flags.codecs.consume.emplace_back(rest); }},
      Prefix{"codec-set-", [](auto rest, auto& r) { r.flags.codecs.set.emplace_back(rest); }},
      Prefix{"transcode-", [](auto rest, auto& r) { r.flags.codecs.transcode.emplace_back(rest); }},
      Prefix{"sdes-", [](auto rest, auto& r) { r.flags.sdes.emplace_back(rest); }},
      Prefix{"ice-", [](auto rest, auto& r) { set_ice(canonical(rest), r); }},
      Prefix{"dtls-", [](auto rest, auto& r) { set_dtls(canonical(rest), r); }},
  };
  for (const auto& prefix : kPrefixes) {
    if (name.size() > prefix.text.size() && name.starts_with(prefix.text)) {
      prefix.apply(word.substr(prefix.text.size()), request);
      return true;
    }
  }
  return false;
}

}  // namespace

std::string canonical(std::string_view name) {
  std::string result{name};
  for (auto& c : result) {
    if (c == ' ' || c == '_') c = '-';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

void apply_key(std::string_view key, const Value& value, NgRequest& request) {
  const auto name = canonical(key);
  if (const auto found = keys().find(name); found != keys().end()) {
    found->second(value, request);
  } else if (const auto target = name.starts_with("codec-")
                                     ? codec_list(std::string_view{name}.substr(6), request.flags.codecs)
                                     : nullptr) {
    add_texts(value, *target);
  } else {
    request.unknown.emplace_back(key);
  }
}

void apply_flag(std::string_view word, NgRequest& request) {
  if (apply_profile(word, request)) return;
  const auto name = canonical(word);
  if (const auto found = flags().find(name); found != flags().end()) {
    found->second(request);
  } else if (!apply_prefixed(word, name, request)) {
    request.unknown.emplace_back(word);
  }
}

}  // namespace control::ng
