// Exactly-once execution: what each client's requests gave, so that a retry is
// answered and not executed again.
//
// The table belongs to the replicated state: it changes only by executing log
// entries, every replica makes the same changes, and the records live in the
// storage engine, written in the same batch as the effects they protect. They
// are therefore recovered with them, and travel in replica snapshots. This
// object is the cache in front of the records (Ongaro's dissertation, 6.3).
//
//  1. A session is opened by an explicit register command. A command of an
//     unknown session is refused, never taken for a new one: it may be a late
//     duplicate of something executed before the session was evicted.
//  2. A session keeps the results of requests above its floor. The floor rises
//     to what the client acknowledges; a request at or below it is a duplicate
//     from the past, is not executed, and its result is gone.
//  3. When a session keeps more than max_results, the lowest are forgotten and
//     the floor rises over them: safety (never twice) over comfort.
//  4. The session unused for longest, by log index, is evicted when there are
//     more than max_sessions. Its id stays known as evicted (the newest
//     max_evicted of them), so that a late duplicate of its register command
//     cannot bring it back with its memory gone.
//
// Executing a command: Find, and if it is new, execute it and Remember.
// Nothing here yields except Load.
#ifndef WR_ENGINE_SESSION_SESSION_TABLE_H_
#define WR_ENGINE_SESSION_SESSION_TABLE_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/session/result.h"
#include "engine/storage/storage_engine.h"
#include "engine/storage/write_batch.h"

namespace wringer::session {

struct SessionOptions {
  std::size_t max_sessions = 10'000;
  std::size_t max_results = 1'024;  // a session
  std::size_t max_evicted = 65'536;
};

// Session records are the keys with this prefix, then the client id (8 bytes,
// big-endian). No user key may start with it.
inline constexpr char kRecordPrefixBytes[] = {'\0', 's'};
inline constexpr Slice kRecordPrefix(kRecordPrefixBytes, 2);

class SessionTable {
 public:
  enum class Verdict {
    kNew,             // execute it
    kAnswered,        // executed before; `result` is its answer
    kForgotten,       // executed or given up before; the answer is gone
    kUnknownSession,  // no such session: refuse
  };
  struct Lookup {
    Verdict verdict = Verdict::kUnknownSession;
    const Result* result = nullptr;  // kAnswered; valid until the next change
  };

  explicit SessionTable(const SessionOptions& options) : options_(options) {}

  // Replaces the cache by the records in `engine`. May yield. kDataLoss if a
  // record cannot be read.
  absl::Status Load(storage::StorageEngine* engine);

  Lookup Find(ClientId client, RequestSeq seq) const;

  // Executes a register command at log index `at`. Registering an open session
  // again changes nothing. False if the id was evicted: the client must choose
  // another. Adds the records changed to `*batch`.
  bool Register(ClientId client, RequestSeq seq, LogIndex at,
                storage::WriteBatch* batch);

  // Keeps `result` for (client, seq), executed at result.position, and forgets
  // what is `acknowledged`. REQUIRES: Find(client, seq) says kNew.
  void Remember(ClientId client, RequestSeq seq, RequestSeq acknowledged,
                Result result, storage::WriteBatch* batch);

  std::size_t size() const { return by_use_.size(); }

 private:
  struct Session {
    bool evicted = false;
    LogIndex last_used;
    RequestSeq floor;
    // Above floor, ascending; nearly always one or two.
    std::vector<std::pair<RequestSeq, Result>> results;
    std::list<ClientId>::iterator place;  // in by_use_, if not evicted
  };

  void Touch(Session& session, LogIndex at);
  void RaiseFloor(Session& session, RequestSeq floor) const;
  void EvictOldest(storage::WriteBatch* batch);
  void Write(ClientId client, const Session& session,
             storage::WriteBatch* batch);
  static void Encode(const Session& session, std::string* out);
  static bool Decode(Slice bytes, Session* session);

  const SessionOptions options_;
  absl::flat_hash_map<ClientId, Session> sessions_;  // look-up only
  // Open sessions, the one longest unused first: entries are executed in
  // order, so whoever was used goes to the end.
  std::list<ClientId> by_use_;
  absl::btree_set<std::pair<LogIndex, ClientId>> evicted_;
  // Kept for their capacity.
  std::string key_;
};

}  // namespace wringer::session

#endif  // WR_ENGINE_SESSION_SESSION_TABLE_H_
