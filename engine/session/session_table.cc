#include "engine/session/session_table.h"

#include <algorithm>
#include <memory>

#include "absl/strings/match.h"
#include "engine/base/check.h"
#include "engine/base/coding.h"
#include "engine/base/marks.h"
#include "engine/base/status_macros.h"

namespace wringer::session {
namespace {

// Encoding of a record: state u8 (1 open, 2 evicted), last_used varint, floor
// varint, count varint, then per result: seq varint, Result.
constexpr std::uint8_t kOpen = 1;
constexpr std::uint8_t kEvicted = 2;
constexpr std::size_t kRecordKeyBytes = 10;

// Big-endian, so that records sort by client.
void RecordKey(ClientId client, std::string* out) {
  char id[8];
  for (int i = 0; i < 8; ++i) {
    id[i] = static_cast<char>(client.value() >> (56 - 8 * i));
  }
  out->assign(kRecordPrefix.data(), kRecordPrefix.size());
  out->append(id, sizeof id);
}

ClientId ClientOf(Slice key) {
  std::uint64_t id = 0;
  for (const char c : key.substr(kRecordPrefix.size())) {
    id = (id << 8) | static_cast<unsigned char>(c);
  }
  return ClientId{id};
}

// The first result of a request after `seq`.
template <typename Results>
auto FirstAfter(Results& results, RequestSeq seq) {
  return std::upper_bound(
      results.begin(), results.end(), seq,
      [](RequestSeq s, const auto& result) { return s < result.first; });
}

}  // namespace

void EncodeResult(const Result& result, Writer& out) {
  out.U8(std::uint8_t(result.outcome));
  out.Bool(result.found);
  out.Bool(result.cas_applied);
  out.Id(result.tag);
  out.Id(result.position.term);
  out.Id(result.position.index);
  out.Bytes(result.value);
}

Result DecodeResult(Reader& in) {
  Result result;
  const std::uint8_t outcome = in.U8();
  if (outcome > std::uint8_t(wire::Outcome::kNoSpace)) in.Fail();
  result.outcome = wire::Outcome{outcome};
  result.found = in.Bool();
  result.cas_applied = in.Bool();
  result.tag = in.As<OpId>();
  result.position.term = in.As<Term>();
  result.position.index = in.As<LogIndex>();
  const Slice value = in.Bytes();
  result.value.assign(value.data(), value.size());
  return result;
}

absl::Status SessionTable::Load(storage::StorageEngine* engine) {
  sessions_.clear();
  by_use_.clear();
  evicted_.clear();
  absl::btree_set<std::pair<LogIndex, ClientId>> open;
  const std::unique_ptr<storage::Iterator> it = engine->NewIterator();
  for (it->Seek(kRecordPrefix);
       it->Valid() && absl::StartsWith(it->key(), kRecordPrefix); it->Next()) {
    Session session;
    if (it->key().size() != kRecordKeyBytes || !Decode(it->value(), &session)) {
      return absl::DataLossError("session record cannot be read");
    }
    const ClientId client = ClientOf(it->key());
    (session.evicted ? evicted_ : open).insert({session.last_used, client});
    sessions_.insert_or_assign(client, std::move(session));
  }
  for (const auto& [last_used, client] : open) {
    sessions_.at(client).place = by_use_.insert(by_use_.end(), client);
  }
  return it->status();
}

SessionTable::Lookup SessionTable::Find(ClientId client, RequestSeq seq) const {
  const auto session = sessions_.find(client);
  if (session == sessions_.end() || session->second.evicted) {
    return {Verdict::kUnknownSession, nullptr};
  }
  if (seq <= session->second.floor) return {Verdict::kForgotten, nullptr};
  const auto& results = session->second.results;
  const auto next = FirstAfter(results, seq);
  if (next == results.begin() || std::prev(next)->first != seq) {
    return {Verdict::kNew, nullptr};
  }
  return {Verdict::kAnswered, &std::prev(next)->second};
}

bool SessionTable::Register(ClientId client, RequestSeq seq, LogIndex at,
                            storage::WriteBatch* batch) {
  const auto [it, is_new] = sessions_.try_emplace(client);
  if (!is_new) return !it->second.evicted;
  it->second.floor = seq;
  it->second.place = by_use_.insert(by_use_.end(), client);
  Touch(it->second, at);
  Write(client, it->second, batch);
  if (by_use_.size() > options_.max_sessions) EvictOldest(batch);
  return true;
}

void SessionTable::Remember(ClientId client, RequestSeq seq,
                            RequestSeq acknowledged, Result result,
                            storage::WriteBatch* batch) {
  const auto it = sessions_.find(client);
  WR_CHECK(it != sessions_.end());
  Session& session = it->second;
  WR_CHECK(!session.evicted);
  WR_CHECK(seq > session.floor);
  Touch(session, result.position.index);
  const auto place = FirstAfter(session.results, seq);
  WR_CHECK(place == session.results.begin() || std::prev(place)->first < seq);
  session.results.emplace(place, seq, std::move(result));
  // A client never acknowledges what it still waits for; garbage that does
  // must not forget the request at hand.
  RaiseFloor(session, std::min(acknowledged, seq.prev()));
  while (session.results.size() > options_.max_results) {
    RaiseFloor(session, session.results.front().first);
  }
  Write(client, session, batch);
}

void SessionTable::Touch(Session& session, LogIndex at) {
  session.last_used = at;
  by_use_.splice(by_use_.end(), by_use_, session.place);
}

void SessionTable::RaiseFloor(Session& session, RequestSeq floor) const {
  if (floor <= session.floor) return;
  session.floor = floor;
  session.results.erase(session.results.begin(),
                        FirstAfter(session.results, floor));
}

void SessionTable::EvictOldest(storage::WriteBatch* batch) {
  const ClientId client = by_use_.front();
  by_use_.pop_front();
  Session& session = sessions_.at(client);
  evicted_.insert({session.last_used, client});
  session.evicted = true;
  session.results.clear();
  Write(client, session, batch);
  WR_MARK(kSessionEvicted);
  if (evicted_.size() <= options_.max_evicted) return;
  const ClientId forgotten = evicted_.begin()->second;
  evicted_.erase(evicted_.begin());
  sessions_.erase(forgotten);
  std::string key;
  RecordKey(forgotten, &key);
  batch->Delete(key);
}

void SessionTable::Write(ClientId client, const Session& session,
                         storage::WriteBatch* batch) {
  RecordKey(client, &key_);
  Encode(session, batch->PutAt(key_));
}

void SessionTable::Encode(const Session& session, std::string* out) {
  Writer writer(out);
  writer.U8(session.evicted ? kEvicted : kOpen);
  writer.Id(session.last_used);
  writer.Id(session.floor);
  writer.Varint(session.results.size());
  for (const auto& [seq, result] : session.results) {
    writer.Id(seq);
    EncodeResult(result, writer);
  }
}

bool SessionTable::Decode(Slice bytes, Session* session) {
  Reader in(bytes);
  const std::uint8_t state = in.U8();
  if (state != kOpen && state != kEvicted) in.Fail();
  session->evicted = state == kEvicted;
  session->last_used = in.As<LogIndex>();
  session->floor = in.As<RequestSeq>();
  constexpr std::size_t kMinResultBytes = 8;
  for (std::size_t n = in.Count(kMinResultBytes); n > 0 && in.ok(); --n) {
    const RequestSeq seq = in.As<RequestSeq>();
    const bool ascends =
        seq > session->floor &&
        (session->results.empty() || seq > session->results.back().first);
    if (!ascends) in.Fail();
    session->results.emplace_back(seq, DecodeResult(in));
  }
  return in.done();
}

}  // namespace wringer::session
