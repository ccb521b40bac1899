// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICommunicationLog} from "./ICommunicationLog.sol";

/// @title Record of what an application sends out; see ICommunicationLog
contract CommunicationLog is ICommunicationLog {
    /// @dev Keeps a batch well under any block's gas (about 3,000 gas a record).
    uint256 public constant MAX_BATCH = 256;

    /// @inheritdoc ICommunicationLog
    mapping(bytes32 applicationId => mapping(address pseudonym => uint64)) public count;

    /// @inheritdoc ICommunicationLog
    function record(bytes32 applicationId, Kind kind, bytes32 contentHash) external returns (uint64 sequence) {
        sequence = count[applicationId][msg.sender]++;
        emit Recorded(applicationId, msg.sender, kind, contentHash, sequence);
    }

    /// @inheritdoc ICommunicationLog
    function recordMany(bytes32 applicationId, Kind[] calldata kinds, bytes32[] calldata contentHashes) external {
        uint256 records = kinds.length;
        if (records == 0 || records > MAX_BATCH || records != contentHashes.length) {
            revert InvalidBatch(records, contentHashes.length);
        }
        uint64 sequence = count[applicationId][msg.sender];
        for (uint256 i = 0; i < records; ++i) {
            emit Recorded(applicationId, msg.sender, kinds[i], contentHashes[i], sequence++);
        }
        count[applicationId][msg.sender] = sequence;
    }
}
