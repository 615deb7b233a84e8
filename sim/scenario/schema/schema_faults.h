// Parts of the [faults] rows that live in files of their own.
#ifndef WR_SIM_SCENARIO_SCHEMA_SCHEMA_FAULTS_H_
#define WR_SIM_SCENARIO_SCHEMA_SCHEMA_FAULTS_H_

#include "sim/scenario/schema/schema.h"

namespace wringer::sim {

// The keys of one fault fit together; also settles a partition's shape.
void FinishFault(const DocValue& row, void* fault, Problems* problems);

// [faults.random]
const Table& RandomFaultsTable();

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_SCHEMA_SCHEMA_FAULTS_H_
