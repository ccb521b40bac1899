// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITradingSessions} from "../src/ITradingSessions.sol";
import {MarketToken} from "../src/MarketToken.sol";
import {Sessions} from "./Sessions.sol";
import {Shards} from "./Shards.sol";

/// @dev What each step of a session costs as a transaction of its own (run with --isolate), paid in the market's credit,
/// with 10 % sampled, in a contract that holds other sessions' money. Approvals are not part of it.
contract SessionsGasTest is Sessions {
    MarketToken private credit;

    function setUp() public override {
        super.setUp();
        credit = new MarketToken(address(this));
        _openMarket(credit);
        address[3] memory parties = [collector, alice, bob];
        for (uint256 i = 0; i < 3; ++i) {
            credit.mint(parties[i], FUNDS);
            vm.prank(parties[i]);
            credit.approve(address(sessions), type(uint256).max);
        }
        _registered();
        vm.warp(block.timestamp + 1);
    }

    function test_gas_ofDeployment() public {
        vm.startSnapshotGas("deploy TradingSessions");
        _deploy(credit);
        vm.assertTrue(vm.stopSnapshotGas() <= 1_600_000, "the deployment's limit");
    }

    function test_gas_with0010Shards() public {
        _measure("0010 shards", 10);
    }

    function test_gas_with0100Shards() public {
        _measure("0100 shards", 100);
    }

    function test_gas_with1000Shards() public {
        _measure("1000 shards", 1000);
    }

    function test_gas_ofTheOtherEndings() public {
        bytes32 id = _shown();
        _close(id, collector, "close, walked away");
        vm.warp(block.timestamp + 1);
        id = _reviewing();
        _afterDeadline(id);
        _close(id, stranger, "close, no review");
        id = _reviewed();
        _afterDeadline(id);
        _close(id, stranger, "close, no claim");
        id = _created();
        _close(id, collector, "close, abandoned");
        vm.warp(block.timestamp + 1);
        id = _shown();
        _close(id, arbiter, "close, condemned");
    }

    function _close(bytes32 id, address who, string memory name) private {
        vm.prank(who);
        sessions.close(t[id]);
        vm.snapshotGasLastCall(name);
    }

    function _measure(string memory name, uint16 n) private {
        ITradingSessions.Terms memory terms = _terms();
        vm.prank(collector);
        bytes32 id = sessions.createSession(terms);
        uint256 byCollector = _snapshot(name, ", 1 createSession");
        t[id] = terms;
        bytes32[] memory keys = Shards.keys(alice, n);
        bytes32 commitment = Shards.commitment(keys, id, alice);
        vm.prank(alice);
        sessions.register(terms, n, commitment);
        uint256 byWinner = _snapshot(name, ", 2 register");
        vm.prank(bob);
        sessions.register(terms, n, keccak256("another"));
        uint256 byProvider = vm.snapshotGasLastCall(string.concat(name, ", 2 register (loser)"));
        vm.prank(collector);
        sessions.sampleData(terms, alice, SEED);
        byCollector += _snapshot(name, ", 3 sampleData");
        vm.prank(alice);
        sessions.submitFeatures(terms, _sealed(200)); // a CID, HPKE-sealed
        uint256 features = _snapshot(name, ", 4 submitFeatures");
        vm.prank(collector);
        sessions.setCandidate(terms, alice);
        byCollector += _snapshot(name, ", 5 setCandidate");
        (bytes32[] memory opened, bytes32[] memory salts, bytes32[] memory proof) = _opening(id, alice);
        vm.prank(alice);
        sessions.submitReview(terms, opened, salts, proof, _sealed(113)); // a 32-byte key, HPKE-sealed
        byWinner += features + _snapshot(name, ", 6 submitReview");
        vm.prank(collector);
        sessions.setOptimal(terms, alice);
        byCollector += _snapshot(name, ", 7 setOptimal");
        vm.prank(alice);
        sessions.claimReward(terms, Shards.CLAIM_KEY, keys);
        byWinner += _snapshot(name, ", 8 claimReward");
        vm.prank(bob);
        sessions.claimDeposit(terms);
        byProvider += features + _snapshot(name, ", 9 claimDeposit");
        vm.snapshotValue(string.concat(name, ", collector"), byCollector);
        vm.snapshotValue(string.concat(name, ", provider"), byProvider);
        vm.snapshotValue(string.concat(name, ", winner"), byWinner);
        if (n != 100) return;
        vm.assertTrue(byCollector <= 300_000, "the collector's limit");
        vm.assertTrue(byProvider <= 180_000, "a provider's limit");
        vm.assertTrue(byWinner <= 500_000, "the winner's limit");
    }

    function _snapshot(string memory name, string memory step) private returns (uint256) {
        return vm.snapshotGasLastCall(string.concat(name, step));
    }

    function _sealed(uint256 length) private pure returns (bytes memory payload) {
        payload = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            payload[i] = 0xa5;
        }
    }
}
