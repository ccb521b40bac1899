// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DataTrades} from "../src/DataTrades.sol";
import {IDataTrades} from "../src/IDataTrades.sol";
import {IEscrow} from "../src/IEscrow.sol";
import {Market} from "./Market.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @dev Before the answer: applications, seals, requests.
contract DataTradesRequestTest is Market {
    function test_constructor_refusesATokenWithoutCode() public {
        _expectError(IEscrow.UnsupportedToken.selector);
        new DataTrades(IERC20(stranger));
    }

    function test_token_isTheOneOfTheConstructor() public view {
        vm.assertEq(trades.token(), address(credit));
    }

    function test_commission_makesTheFirstCallerTheProvider() public {
        bytes memory cid = "bafk-another-package";
        vm.expectEmit(address(trades));
        emit IDataTrades.Commissioned(keccak256(cid), stranger, cid, _terms());
        vm.prank(stranger);
        vm.assertEq(trades.commission(cid, _terms()), keccak256(cid));
        (address who, IDataTrades.Terms memory terms) = trades.application(keccak256(cid));
        vm.assertEq(who, stranger);
        vm.assertEq(keccak256(abi.encode(terms)), keccak256(abi.encode(_terms())));
    }

    function test_commission_letsTheProviderChangeItsTerms() public {
        IDataTrades.Terms memory terms = _terms();
        terms.ownerShare = 1;
        vm.prank(provider);
        trades.commission(PACKAGE, terms);
        (, IDataTrades.Terms memory stored) = trades.application(APPLICATION);
        vm.assertEq(stored.ownerShare, 1);
    }

    function test_commission_refusesAnothersApplication() public {
        _expectError(IDataTrades.NotTheProvider.selector, abi.encode(APPLICATION, stranger));
        vm.prank(stranger);
        trades.commission(PACKAGE, _terms());
    }

    function test_commission_refusesCidsThatAreTooShortOrTooLong() public {
        _expectError(IDataTrades.InvalidCid.selector);
        trades.commission(new bytes(3), _terms());
        _expectError(IDataTrades.InvalidCid.selector);
        trades.commission(new bytes(129), _terms());
        trades.commission(new bytes(4), _terms());
        trades.commission(new bytes(128), _terms());
    }

    function test_commission_refusesEveryTermOutOfItsBounds() public {
        IDataTrades.Terms memory t = _terms();
        t.ownerShare = 10_001;
        _refused(t);
        t = _terms();
        t.arbiter = address(0);
        _refused(t);
        t = _terms();
        t.cancelNotice = t.answerWindow + 1;
        _refused(t);
        for (uint256 i = 0; i < 2; ++i) {
            uint32 window = i == 0 ? 0 : 90 days + 1;
            t = _terms();
            (t.answerWindow, t.cancelNotice) = (window, 1);
            _refused(t);
            t = _terms();
            t.cancelNotice = window;
            _refused(t);
            t = _terms();
            t.confirmWindow = window;
            _refused(t);
            t = _terms();
            t.disputeWindow = window;
            _refused(t);
        }
    }

    function test_commission_takesTermsAtTheirBounds() public {
        trades.commission("the least", IDataTrades.Terms(0, 1, 1, 1, 1, arbiter));
        trades.commission("the most", IDataTrades.Terms(10_000, 90 days, 90 days, 90 days, 90 days, arbiter));
    }

    function test_recordSeal_keepsTheCommitments() public {
        bytes32 id = keccak256(abi.encode(APPLICATION, stranger, TAG, uint64(8)));
        vm.expectEmit(address(trades));
        emit IDataTrades.Sealed(id, APPLICATION, stranger, TAG, 8, KEY, CONTENT_HASH, BLOB);
        vm.prank(stranger);
        vm.assertEq(trades.recordSeal(APPLICATION, TAG, 8, KEY, CONTENT_HASH, BLOB), id);
        (address who, bytes32 commitment, bytes32 content, bytes32 cidHash) = trades.sealOf(id);
        vm.assertEq(who, stranger);
        vm.assertEq(commitment, KEY);
        vm.assertEq(content, CONTENT_HASH);
        vm.assertEq(cidHash, keccak256(BLOB));
    }

    function test_recordSeal_leavesEveryOwnerTheirOwnPlace() public {
        vm.prank(stranger);
        trades.recordSeal(APPLICATION, TAG, 8, KEY, CONTENT_HASH, BLOB);
        _seal(8);
    }

    function test_recordSeal_refusesASecondSealOfThePeriod() public {
        _expectError(IDataTrades.AlreadySealed.selector, abi.encode(sealId));
        vm.prank(owner);
        trades.recordSeal(APPLICATION, TAG, PERIOD, 0, 0, "another-cid");
    }

    function test_recordSeal_refusesAnUnknownApplication() public {
        _expectError(IDataTrades.UnknownApplication.selector, abi.encode(TAG));
        trades.recordSeal(TAG, TAG, PERIOD, KEY, CONTENT_HASH, BLOB);
    }

    function test_recordSeal_refusesCidsThatAreTooShortOrTooLong() public {
        _expectError(IDataTrades.InvalidCid.selector);
        trades.recordSeal(APPLICATION, TAG, PERIOD, KEY, CONTENT_HASH, new bytes(3));
        _expectError(IDataTrades.InvalidCid.selector);
        trades.recordSeal(APPLICATION, TAG, PERIOD, KEY, CONTENT_HASH, new bytes(129));
    }

    function test_request_takesThePriceAndKeepsTheTerms() public {
        uint64 answerBy = uint64(block.timestamp + 2 days);
        vm.expectEmit(address(trades));
        emit IDataTrades.Requested(1, buyer, owner, sealId, APPLICATION, TAG, PERIOD, PUBLIC_KEY, PRICE, answerBy);
        vm.assertEq(_requested(), 1);
        vm.assertEq(trades.tradeCount(), 1);
        vm.assertEq(credit.balanceOf(address(trades)), PRICE);
        vm.assertEq(credit.balanceOf(buyer), 1000 ether - PRICE);

        IDataTrades.Terms memory worse = IDataTrades.Terms(0, 1, 1, 1, 1, provider);
        vm.prank(provider);
        trades.commission(PACKAGE, worse);
        IDataTrades.Trade memory expected = IDataTrades.Trade({
            buyer: buyer,
            status: IDataTrades.Status.Requested,
            deadline: answerBy,
            owner: owner,
            confirmWindow: 3 days,
            disputeWindow: 5 days,
            ownerShare: 7000,
            provider: provider,
            cancelNotice: 1 hours,
            arbiter: arbiter,
            price: PRICE,
            sealId: sealId
        });
        vm.assertEq(keccak256(abi.encode(trades.trade(1))), keccak256(abi.encode(expected)));
    }

    function test_request_refusesTermsThatChangedMeanwhile() public {
        IDataTrades.Terms memory read = _terms();
        IDataTrades.Terms memory changed = _terms();
        changed.arbiter = provider;
        vm.prank(provider);
        trades.commission(PACKAGE, changed);
        _expectError(IDataTrades.TermsChanged.selector, abi.encode(APPLICATION));
        vm.prank(buyer);
        trades.request(APPLICATION, owner, TAG, PERIOD, PUBLIC_KEY, PRICE, read);
    }

    function test_request_refusesWhatWasNotSealed() public {
        bytes32 missing = keccak256(abi.encode(APPLICATION, owner, TAG, PERIOD + 1));
        _expectError(IDataTrades.UnknownSeal.selector, abi.encode(missing));
        vm.prank(buyer);
        trades.request(APPLICATION, owner, TAG, PERIOD + 1, PUBLIC_KEY, PRICE, _terms());
    }

    function test_request_refusesNoPrice() public {
        _expectError(IDataTrades.InvalidPrice.selector);
        _requested(0);
    }

    function test_request_refusesKeysThatAreNoUncompressedPoint() public {
        bytes memory key = PUBLIC_KEY;
        key[0] = 0x02;
        _refusedKey(key);
        _refusedKey(bytes.concat(PUBLIC_KEY, hex"00"));
        _refusedKey(new bytes(64));
        _refusedKey("");
    }

    function test_request_refusesAPointOffTheCurve() public {
        bytes memory key = PUBLIC_KEY;
        key[64] ^= 0x01;
        _refusedKey(key);
    }

    function test_request_refusesWhatTheBuyerCannotPay() public {
        _expectError(IERC20Errors.ERC20InsufficientBalance.selector, abi.encode(buyer, 1000 ether, 1000 ether + 1));
        _requested(1000 ether + 1);
        _assertStatus(1, IDataTrades.Status.None);
    }

    function test_request_refusesWhatTheBuyerDidNotAllow() public {
        vm.prank(buyer);
        credit.approve(address(trades), PRICE - 1);
        _expectError(IERC20Errors.ERC20InsufficientAllowance.selector, abi.encode(address(trades), PRICE - 1, PRICE));
        _requested();
    }

    function _refused(IDataTrades.Terms memory terms) private {
        _expectError(IDataTrades.InvalidTerms.selector);
        vm.prank(provider);
        trades.commission(PACKAGE, terms);
    }

    function _refusedKey(bytes memory key) private {
        _expectError(IDataTrades.InvalidPublicKey.selector);
        vm.prank(buyer);
        trades.request(APPLICATION, owner, TAG, PERIOD, key, PRICE, _terms());
    }
}
